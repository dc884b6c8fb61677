import Glibc

/// A process that kills a child's group when the daemon is gone, however it ended: it waits for the
/// end of a pipe that only the daemon holds.
///
/// Confined to the loop. It is a shell, because a copy of the daemon would keep the daemon's memory
/// for as long as the child runs.
final class ProcessGuard {
    private let pipe: PipeEnd
    private let process: SpawnedProcess
    private let loop: EventLoop
    private let ending: Ending

    /// Reads the group's number, and then nothing more until the daemon is gone.
    ///
    /// A service manager that stops a service sends signals to all of the service's processes, and
    /// so to the guard, which has to outlive the daemon.
    private static let script =
        "trap '' HUP INT QUIT TERM; read -r group || exit 0; read -r end; kill -KILL -$group"

    /// Starts a guard that guards nothing yet.
    ///
    /// - Throws: `SocketError`.
    init(on loop: EventLoop) throws {
        let (reading, writing) = try PipeEnd.pair()
        let null = PipeEnd(SystemCalls.open("/dev/null", O_RDWR | O_CLOEXEC))
        guard null.descriptor >= 0 else { throw SocketError("open /dev/null") }
        pipe = writing
        let ending = Ending()
        self.ending = ending
        self.loop = loop
        process = try SpawnedProcess(
            ChildCommand(
                program: "/bin/sh", arguments: ["sh", "-c", Self.script, "puente-guard"],
                environment: [:], directory: "/"),
            ends: [reading, null, null], on: loop, onEnd: {},
            onReaped: { _ in
                ending.hasEnded = true
                ending.action?()
                ending.action = nil
            })
    }

    /// Registers a group that is killed when the daemon ends.
    func watch(group: pid_t) {
        loop.assertOwned()
        let line = Array("\(group)\n".utf8)
        // A pipe takes a line of this length whole (pipe(7), PIPE_BUF).
        _ = unsafe write(pipe.descriptor, line, line.count)
    }

    /// Ends the guard, which then kills nothing.
    func end() { process.signal(SIGKILL) }

    /// Calls a function when it has ended and nothing of it is left, now if it has.
    func whenEnded(_ action: @escaping () -> Void) {
        loop.assertOwned()
        if ending.hasEnded { action() } else { ending.action = action }
    }
}

/// The end of a guard, and what is to be done then.
///
/// Owned by `ProcessGuard`, which checks it; confined to the loop.
private final class Ending {
    var hasEnded = false
    var action: (() -> Void)?
}
