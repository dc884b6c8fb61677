import CLinux
import Glibc

/// A thread for what blocks: reading standard input, writing a log.
public enum OwnThread {
    /// Starts a thread, named for `ps` and debuggers (15 bytes at most are shown).
    ///
    /// SIGTTIN and SIGTTOU are blocked in it: reading a terminal that belongs to somebody else
    /// fails (EIO), instead of stopping the whole daemon.
    public static func start(named name: String, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let box = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
                blockTerminalSignals()
                start.body()
                return nil
            }, box.toOpaque())
        // Only when the system is out of threads; the daemon could do nothing without.
        precondition(result == 0, "pthread_create: \(String(cString: strerror(result)))")
    }

    /// Runs a function that blocks on a thread of its own and returns what it returns.
    public static func run<Value: Sendable>(
        named name: String, _ body: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            start(named: name) { continuation.resume(returning: body()) }
        }
    }
}

private func blockTerminalSignals() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTTIN)
    sigaddset(&set, SIGTTOU)
    pthread_sigmask(SIG_BLOCK, &set, nil)
}

private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}
