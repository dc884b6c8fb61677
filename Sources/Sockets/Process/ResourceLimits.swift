import CLinux
import Glibc

/// What the system lets the process have (getrlimit(2)), for sentences that say what to raise.
public enum ResourceLimits {
    /// The least stack that the main thread needs, in bytes: four times what was seen in use.
    private static let leastStack: UInt64 = 256 << 10

    /// What the daemon takes besides stacks and the buffers that bridge.json asks for, in bytes: the
    /// store's caches, and some hundred connections.
    private static let slack = 48 << 20

    /// Checks what nothing can be done without, before anything is started.
    ///
    /// - Throws: `SocketError` that names the limit.
    public static func check() throws(SocketError) {
        // Each thread that allocates would be given 64 MiB of addresses of its own.
        if limit(RLIMIT_AS) != nil { mallopt(M_ARENA_MAX, 1) }
        if let stack = limit(RLIMIT_STACK), stack < leastStack {
            throw SocketError(
                "start",
                reason: """
                    the stack is limited to \(stack >> 10) KiB (ulimit -s, LimitSTACK=); it takes \
                    at least \(leastStack >> 10) KiB
                    """)
        }
    }

    /// Makes sure that so many threads can have stacks, and work.
    ///
    /// - Parameter bytes: what they fill besides.
    /// - Throws: `SocketError` that names the limit.
    public static func checkMemory(
        forThreads count: Int, and bytes: Int
    ) throws(SocketError) {
        let stacks = [Int](repeating: DedicatedThread.stackBytes, count: count)
        try checkMemory(stacks + [slack, bytes], for: "\(count) threads and what waits")
    }

    /// Makes sure that memory can be had, for want of which Swift itself would end the process.
    ///
    /// Nothing is kept of it.
    ///
    /// - Parameters:
    ///   - pieces: what is taken together where memory is limited. Else the system hands out more
    ///     than it has, and only a single piece can be too large.
    ///   - purpose: what it is for.
    /// - Throws: `SocketError` that names the limit.
    public static func checkMemory(_ pieces: [Int], for purpose: String) throws(SocketError) {
        let all = pieces.reduce(0) { sum, piece in
            let (result, isTooMuch) = sum.addingReportingOverflow(piece)
            return isTooMuch ? .max : result
        }
        let bytes = memorySentence == nil ? pieces.max() ?? 0 : all
        let code = mappingFails(bytes)
        guard code != 0 else { return }
        let wanted = "take \(size(UInt64(bytes))) of memory for \(purpose)"
        guard let sentence = memorySentence else { throw SocketError(wanted, errno: code) }
        throw SocketError(wanted, reason: sentence)
    }

    /// Why there is no thread more, and what to raise.
    static func noThread(named name: String, _ code: Int32) -> SocketError {
        let action = "start the thread \(name)"
        guard code == EAGAIN || code == ENOMEM else { return SocketError(action, errno: code) }
        if mappingFails(DedicatedThread.stackBytes) != 0, let memorySentence {
            return SocketError(action, reason: memorySentence)
        }
        let user =
            limit(__RLIMIT_NPROC).map { ": this user may have \($0) of all programs together" }
            ?? ""
        return SocketError(
            action,
            reason: """
                the system gives no more threads\(user); raise the limit (ulimit -u, LimitNPROC=, \
                TasksMax=)
                """)
    }

    /// Which limit of memory there is, and what to raise; `nil` if the system itself has no more.
    private static var memorySentence: String? {
        if let bytes = limit(RLIMIT_AS) {
            return "memory is limited to \(size(bytes)); raise the limit (ulimit -v, LimitAS=)"
        }
        if let bytes = limit(RLIMIT_DATA) {
            return "memory is limited to \(size(bytes)); raise the limit (ulimit -d, LimitDATA=)"
        }
        return nil
    }

    /// The error of taking so many bytes as malloc(3) does, which are given back; 0 if they are
    /// there.
    private static func mappingFails(_ bytes: Int) -> Int32 {
        let bytes = max(bytes, 1)
        let memory = mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard memory != MAP_FAILED else { return errno }
        munmap(memory, bytes)
        return 0
    }

    /// A soft limit; `nil` if there is none.
    private static func limit(_ resource: __rlimit_resource) -> UInt64? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0,
            limit.rlim_cur != rlim_t.max
        else { return nil }
        return UInt64(limit.rlim_cur)
    }

    private static func size(_ bytes: UInt64) -> String {
        bytes >= 10 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }
}
