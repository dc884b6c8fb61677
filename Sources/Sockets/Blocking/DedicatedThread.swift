import CLinux
import Glibc

/// Threads for functions that block: reading standard input, writing a log.
public enum DedicatedThread {
    /// Bytes of a thread's stack, whatever `ulimit -s` says: the usual size on Linux.
    static let stackBytes = 8 << 20

    /// Starts a thread, named for `ps` and debuggers (15 bytes at most are shown).
    ///
    /// SIGTTIN and SIGTTOU are blocked in it, so that reading a terminal that belongs to another
    /// process group fails (EIO) instead of stopping the whole daemon.
    ///
    /// - Throws: `SocketError` that names the limit, if the system gives no more threads.
    public static func start(
        named name: String, _ body: @escaping @Sendable () -> Void
    ) throws(SocketError) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, stackBytes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
                blockTerminalSignals()
                start.body()
                return nil
            }, unsafe start.toOpaque())
        guard code != 0 else { return }
        unsafe start.release()
        throw ResourceLimits.noThread(named: name, code)
    }

    /// Runs a function that blocks, on a thread of its own, and returns its result.
    ///
    /// - Throws: `SocketError` that names the limit, if the system gives no more threads.
    public static func run<Value: Sendable>(
        named name: String, _ body: @escaping @Sendable () -> Value
    ) async throws(SocketError) -> Value {
        let result: Result<Value, SocketError> = await withCheckedContinuation { continuation in
            do throws(SocketError) {
                try start(named: name) { continuation.resume(returning: .success(body())) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}

private func blockTerminalSignals() {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGTTIN)
    unsafe sigaddset(&set, SIGTTOU)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
}

/// The function of a thread that starts.
///
/// Safe from any thread.
private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}
