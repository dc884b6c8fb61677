import CLinux
import Foundation
import Glibc
import Locking
import Sockets

/// A program that a test runs, with none of the test's descriptors but those that it is given, and
/// with all signals as they are in a shell.
///
/// Safe from any thread. Killed when it is released. In place of Foundation's `Process`, which
/// crashes now and then in a process with thousands of descriptors: it reads the entries of
/// /proc/self/fd over their end.
package final class TestProcess: Sendable {
    /// Its number.
    package let id: pid_t
    private let end = End()

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - words: the path of the program, and its arguments.
    ///   - environment: all variables; those of the test by default.
    ///   - streams: what it has as standard input, output and error; `nil` for nothing.
    /// - Throws: `SocketError`.
    package init(
        _ words: [String], in directory: String? = nil, environment: [String: String]? = nil,
        streams: [Int32?] = [nil, nil, nil]
    ) throws {
        id = try Self.spawn(
            words, in: directory, environment ?? ProcessInfo.processInfo.environment, streams)
        try DedicatedThread.start(named: "wait") { [id, end] in
            var code: Int32 = 0
            while waitpid(id, &code, 0) < 0, errno == EINTR {}
            // As in a shell: 128 plus the signal that ended it.
            let result = code & 0x7F == 0 ? code >> 8 & 0xFF : 128 + (code & 0x7F)
            end.status.withLock { $0 = result }
            end.semaphore.signal()
        }
    }

    deinit { signal(SIGKILL) }

    /// True until it has ended.
    package var isRunning: Bool { end.status.withLock { $0 == nil } }

    /// Sends a signal, unless it has ended.
    package func signal(_ number: Int32) {
        end.status.withLock { status in
            if status == nil { _ = kill(id, number) }
        }
    }

    /// Blocks until it has ended, and returns its status: 128 plus the signal that ended it.
    @discardableResult
    package func wait() -> Int32 {
        end.semaphore.wait()
        // For the next who waits.
        end.semaphore.signal()
        return end.status.withLock { $0 } ?? -1
    }

    /// Returns its status when it has ended.
    package func exitStatus() async throws -> Int32 {
        try await DedicatedThread.run(named: "wait") { self.wait() }
    }

    /// Runs a program to its end, which must come by itself; blocks.
    ///
    /// Its standard error must fit into a pipe.
    package static func run(
        _ words: [String], in directory: String? = nil
    ) throws -> (status: Int32, output: Data, errors: Data) {
        let (output, errors) = (Pipe(), Pipe())
        let process = try TestProcess(
            words, in: directory,
            streams: [
                nil, output.fileHandleForWriting.fileDescriptor,
                errors.fileHandleForWriting.fileDescriptor,
            ])
        try output.fileHandleForWriting.close()
        try errors.fileHandleForWriting.close()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        return (process.wait(), said, complained)
    }

    /// Starts a process for somebody else to wait for; the parameters are those of `init`.
    package static func spawn(
        _ words: [String], in directory: String? = nil, _ environment: [String: String],
        _ streams: [Int32?]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (number, stream) in streams.enumerated() {
            if let stream {
                posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
            } else {
                posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
            }
        }
        if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }
        posix_spawn_file_actions_addclosefrom_np(&actions, Int32(streams.count))
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(
            &process, words[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw SocketError("start \(words[0])", errno: code) }
        return process
    }
}

/// The end of a process, for those who wait for it.
private final class End: Sendable {
    let status = Locked<Int32?>(nil)
    let semaphore = DispatchSemaphore(value: 0)
}
