import CLinux
import Glibc

/// A process that was started and has to be waited for: a child, or its guard.
///
/// Confined to the loop, which keeps it until it has ended.
final class SpawnedProcess: EventHandler {
    /// The process's number, which is also that of its group: no other process has it before
    /// `onEnd` has returned.
    let id: pid_t
    private let loop: EventLoop
    private let descriptor: Int32
    private var registration: EventLoop.Registration?
    private let onEnd: () -> Void
    private let onReaped: (ChildExit) -> Void

    /// Starts a process in a group of its own, with no signal blocked or ignored and no descriptors
    /// but the three standard ones.
    ///
    /// - Parameters:
    ///   - ends: what it has as standard input, output and error.
    ///   - onEnd: called when it has ended and its number is not free yet.
    ///   - onReaped: called right after that.
    /// - Throws: `SocketError` that names the program.
    init(
        _ command: ChildCommand, ends: [PipeEnd], on loop: EventLoop,
        onEnd: @escaping () -> Void, onReaped: @escaping (ChildExit) -> Void
    ) throws {
        loop.assertOwned()
        // Or they might be closed before the process has them.
        id = try withExtendedLifetime(ends) {
            try Self.spawn(command, ends.map(\.descriptor))
        }
        self.loop = loop
        self.onEnd = onEnd
        self.onReaped = onReaped
        descriptor = puente_pidfd_open(id)
        do {
            guard descriptor >= 0 else { throw SocketError("pidfd_open") }
            registration = try loop.add(descriptor, .readable, self)
        } catch {
            // Nobody would ever wait for it.
            kill(-id, SIGKILL)
            var word: Int32 = 0
            unsafe waitpid(id, &word, 0)
            if descriptor >= 0 { close(descriptor) }
            throw error
        }
    }

    /// Sends a signal to the process's group, unless it has ended.
    func signal(_ number: Int32) {
        if registration != nil { kill(-id, number) }
    }

    /// Records that the process has ended.
    func handle(_ ready: Readiness) {
        guard let registration else { return }
        onEnd()
        var word: Int32 = 0
        while unsafe waitpid(id, &word, 0) < 0, errno == EINTR {}
        self.registration = nil
        loop.remove(registration)
        close(descriptor)
        onReaped(ChildExit(word: word))
    }

    // MARK: - Starting

    private static func spawn(_ command: ChildCommand, _ descriptors: [Int32]) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        for (target, descriptor) in descriptors.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        unsafe posix_spawn_file_actions_addchdir_np(&actions, command.directory)
        // Ours are all closed by exec; what the daemon itself was started with may not be.
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, Int32(descriptors.count))
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Self.flags)
        let code = withCStrings(command.arguments) { arguments in
            withCStrings(command.environment.map { "\($0)=\($1)" }) { environment in
                var process = pid_t()
                let code = unsafe posix_spawn(
                    &process, command.program, &actions, &attributes, arguments, environment)
                return code == 0
                    ? Result<pid_t, SocketError>.success(process)
                    : .failure(SocketError("start \(command.program)", errno: code))
            }
        }
        return try code.get()
    }

    private static let flags = Int16(
        POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
}

/// Calls a function with texts as C has them, and `nil` behind them.
@safe private func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = unsafe texts.map { unsafe strdup($0) }
    defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
    return unsafe body(copies + [nil])
}
