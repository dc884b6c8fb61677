import CLinux
import Glibc

/// Checks of the system's limits (getrlimit(2)), with sentences that say which one to raise.
public enum ResourceLimits {
    /// The least stack of the main thread, in bytes: four times the use that was measured.
    private static let minStack: UInt64 = 256 << 10

    /// Bytes that the daemon takes besides stacks and the buffers of bridge.json: the store's
    /// caches, and some hundred connections.
    private static let slack = 48 << 20

    /// Checks the limits without which nothing works, before anything is started.
    ///
    /// - Throws: `SocketError` that names the limit.
    public static func check() throws(SocketError) {
        // Otherwise each thread that allocates reserves 64 MiB of addresses.
        if limit(RLIMIT_AS) != nil { mallopt(M_ARENA_MAX, 1) }
        if let stack = limit(RLIMIT_STACK), stack < minStack {
            throw SocketError(
                "start",
                reason: """
                    the stack is limited to \(stack >> 10) KiB (ulimit -s, LimitSTACK=); it takes \
                    at least \(minStack >> 10) KiB
                    """)
        }
    }

    /// Checks that there is memory for the stacks and the work of a number of threads.
    ///
    /// - Parameter bytes: memory needed besides.
    /// - Throws: `SocketError` that names the limit.
    public static func checkMemory(
        forThreads count: Int, and bytes: Int
    ) throws(SocketError) {
        let stacks = [Int](repeating: DedicatedThread.stackBytes, count: count)
        try checkMemory(stacks + [slack, bytes], for: "\(count) threads and what waits")
    }

    /// Checks that memory is available; without it Swift itself would end the process.
    ///
    /// The memory is released again.
    ///
    /// - Parameters:
    ///   - pieces: sizes that are taken together if memory is limited. Otherwise the system
    ///     overcommits, and only a single piece can be too large.
    ///   - purpose: the use of the memory, for the error.
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

    /// Returns the error of a thread that could not be started, with the limit to raise.
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

    /// The limit of memory to raise; `nil` if there is none and the system itself has no more.
    private static var memorySentence: String? {
        if let bytes = limit(RLIMIT_AS) {
            return "memory is limited to \(size(bytes)); raise the limit (ulimit -v, LimitAS=)"
        }
        if let bytes = limit(RLIMIT_DATA) {
            return "memory is limited to \(size(bytes)); raise the limit (ulimit -d, LimitDATA=)"
        }
        return nil
    }

    /// Maps and unmaps that many bytes like malloc(3); returns the `errno`, 0 if it worked.
    private static func mappingFails(_ bytes: Int) -> Int32 {
        let bytes = max(bytes, 1)
        let memory = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard unsafe memory != MAP_FAILED else { return errno }
        unsafe munmap(memory, bytes)
        return 0
    }

    /// Returns a soft limit; `nil` if there is none.
    private static func limit(_ resource: __rlimit_resource) -> UInt64? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0,
            limit.rlim_cur != rlim_t.max
        else { return nil }
        return UInt64(limit.rlim_cur)
    }

    private static func size(_ bytes: UInt64) -> String {
        bytes >= 10 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }
}
