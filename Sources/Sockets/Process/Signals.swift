import CLinux
import Glibc

/// The process's signals as events of the loop (signalfd(2)).
///
/// Confined to the loop.
public final class Signals: EventHandler {
    private let descriptor: Int32
    private unowned let loop: EventLoop
    private let action: (Int32) -> Void

    /// Makes failing writes return an error instead of killing the process: to a pipe without a
    /// reader (SIGPIPE), or past the size limit of files (SIGXFSZ, `ulimit -f`).
    public static func ignoreFailedWrites() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Blocks signals in this thread and all that it starts from now on, so that they don't kill
    /// the process.
    ///
    /// Must be called before any other thread exists.
    public static func block(_ signals: [Int32]) {
        var set = Self.set(signals)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Returns true if a signal is ignored, like SIGHUP under `nohup`.
    ///
    /// Ignored signals are still queued while blocked, so a waiter has to ask.
    public static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(signal, nil, &action)
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// True if the process has a controlling terminal.
    public static var hasTerminal: Bool {
        let terminal = SystemCalls.open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        if terminal < 0 { return false }
        close(terminal)
        return true
    }

    /// Calls a function on the loop for each of these signals, which must have been blocked.
    ///
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    public init(_ signals: [Int32], on loop: EventLoop, action: @escaping (Int32) -> Void) throws {
        var set = Self.set(signals)
        descriptor = unsafe signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
        guard descriptor >= 0 else { throw SocketError("signalfd") }
        self.action = action
        self.loop = loop
        _ = try loop.add(descriptor, .readable, self)
    }

    private static func set(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in signals { unsafe sigaddset(&set, number) }
        return set
    }

    /// Reads pending signals.
    public func handle(_ ready: Readiness) {
        loop.assertOwned()
        var information = signalfd_siginfo()
        while unsafe read(descriptor, &information, MemoryLayout<signalfd_siginfo>.size) > 0 {
            action(Int32(information.ssi_signo))
        }
    }
}
