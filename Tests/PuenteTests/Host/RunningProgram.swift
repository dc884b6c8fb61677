import Foundation
import Locking
import Sockets
import TestSupport
import Testing

/// The built program as a process of its own, with a pipe at each of its standard descriptors.
///
/// Safe from any thread, but only one task may read each stream. Killed when it is released.
final class RunningProgram: Sendable {
    /// The other end of a standard descriptor.
    enum Stream: Sendable {
        /// This test.
        case test
        /// Nothing: the descriptor is closed.
        case nothing
    }

    /// Its standard output.
    let output: TestStream
    /// Its standard error.
    let errors: TestStream
    private let input: Locked<FileHandle?>
    /// Its folder, kept as long as it runs.
    private let folder: TestFolder?
    private let process: pid_t
    private let ending: TestStream
    private let status = Status()

    /// A number above those of a process's own descriptors.
    private static let highDescriptor: Int32 = 900
    /// Held while a process is started, so that none inherits another's pipes.
    private static let starting = Locked(())

    /// Starts it.
    ///
    /// - Parameters:
    ///   - directory: its working directory; that of the tests by default.
    ///   - environment: variables added to those of the test.
    ///   - name: the program.
    ///   - limits: commands of the shell before it becomes the program: `ulimit -v 100000`.
    ///   - ignoring: a signal that it ignores from the start, as under `nohup`.
    ///   - streams: the other end of all its descriptors.
    ///   - passing: descriptors that it has as 3 and those that follow.
    ///   - folder: a folder that must exist until it has ended.
    init(
        _ arguments: [String], named name: String = "puente",
        in directory: URL = URL(filePath: "."), environment: [String: String] = [:],
        limits: String? = nil, ignoring: String? = nil, streams: Stream = .test,
        passing: [Int32] = [], keeping folder: TestFolder? = nil
    ) throws {
        self.folder = folder
        let pipes = try Self.starting.withLock { _ in try (Ends(), Ends(), Ends()) }
        let program = try Program.executable(named: name).path(percentEncoded: false)
        // The shell goes to the directory and becomes the program. Debian's `sh` has no `ulimit
        // -u`.
        let preparations =
            (ignoring.map { "trap '' \($0); " } ?? "") + (limits.map { "\($0); " } ?? "")
        let script = preparations + "cd \"$0\" && exec \"$@\""
        let words =
            ["/bin/bash", "-c", script, directory.path(percentEncoded: false), program] + arguments
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var descriptors: [Int32] = []
        if streams == .test { descriptors = [pipes.0.read, pipes.1.write, pipes.2.write] }
        // Out of the way: whichever numbers they have, they become others.
        let passed = passing.map { fcntl($0, F_DUPFD_CLOEXEC, Self.highDescriptor) }
        defer { for descriptor in passed { close(descriptor) } }
        process = try Self.starting.withLock { _ in
            try TestProcess.spawn(words, variables, descriptors + passed)
        }
        for end in [pipes.0.read, pipes.1.write, pipes.2.write] { close(end) }
        input = Locked(FileHandle(fileDescriptor: pipes.0.write, closeOnDealloc: true))
        output = TestStream(pipes.1.read)
        errors = TestStream(pipes.2.read)
        let ends = try Self.starting.withLock { _ in try Ends() }
        ending = TestStream(ends.read)
        try DedicatedThread.start(named: "wait") { [process, status] in
            var code: Int32 = 0
            while waitpid(process, &code, 0) < 0, errno == EINTR {}
            // As in a shell: 128 plus the signal that ended it.
            status.set(code & 0x7F == 0 ? code >> 8 & 0xFF : 128 + (code & 0x7F))
            close(ends.write)
        }
    }

    deinit { if status.value == nil { kill(process, SIGKILL) } }

    // MARK: - Its descriptors

    /// Types something; returns when it is in the pipe.
    func type(_ text: String) async {
        guard let handle = input.withLock({ $0 }) else { return }
        try? await DedicatedThread.run(named: "type") {
            try? handle.write(contentsOf: Data(text.utf8))
        }
    }

    /// Types the end of the input.
    func endInput() { input.withLock { $0 = nil } }

    /// Returns the port that a bridge reports to listen on.
    func port(words: String = "listening on ", of bridge: String = "chat") async throws -> UInt16 {
        let (port, lines) = try await portOrEnd(words: words, of: bridge)
        guard let port else { throw SocketError("listen", reason: "it says: \(lines)") }
        return port
    }

    /// Returns the port that a bridge reports to listen on, `nil` if the program ends before; and
    /// all lines until then.
    func portOrEnd(
        words: String = "listening on ", of bridge: String = "chat"
    ) async throws -> (port: UInt16?, lines: [String]) {
        let announcement = "\(bridge): \(words)127.0.0.1:"
        var lines: [String] = []
        while let line = try await errors.line() {
            lines.append(line)
            guard let range = line.range(of: announcement) else { continue }
            return (UInt16(line[range.upperBound...]), lines)
        }
        return (nil, lines)
    }

    /// Returns the kernel's name of one of its descriptors.
    func descriptor(_ number: Int) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(number)")
    }

    /// The process id.
    var identifier: pid_t { process }

    // MARK: - Its end

    /// Sends a signal.
    func signal(_ number: Int32) { kill(process, number) }

    /// The exit status when it has ended by itself; 128 and the signal if a signal ended it.
    func exitStatus() async throws -> Int32 {
        _ = try await ending.line()
        return try #require(status.value)
    }

    /// Returns its output until it ends, and its status.
    func result() async throws -> (status: Int32, output: [String], errors: [String]) {
        async let said = output.rest()
        let complained = try await errors.rest()
        return (try await exitStatus(), try await said, complained)
    }

    /// Runs it to its end, with nothing on its standard input.
    static func result(
        _ arguments: String..., in directory: URL = URL(filePath: "."),
        environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: [String], errors: [String]) {
        let program = try RunningProgram(arguments, in: directory, environment: environment)
        program.endInput()
        return try await program.result()
    }

    // MARK: - Starting

    /// The two ends of a pipe, which no process inherits that is started later.
    private struct Ends {
        let read: Int32
        let write: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw SocketError("pipe") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (read, write) = (ends[0], ends[1])
        }
    }
}

/// The exit status of a process, once it has ended.
private final class Status: Sendable {
    private let state = Locked<Int32?>(nil)

    var value: Int32? { state.withLock { $0 } }

    func set(_ value: Int32) { state.withLock { $0 = value } }
}
