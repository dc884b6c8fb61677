import Glibc
import Locking
import TestSupport
import Testing

@testable import Sockets

/// Programs that are run as child processes.
@Suite(.timeLimit(.minutes(10))) struct ChildProcessTests {
    /// A child, and what was heard of it; its process is touched on the loop only.
    private final class Child: @unchecked Sendable {  // see above
        struct Heard {
            var output: [UInt8] = []
            var errors: [UInt8] = []
            var isOutputEnded = false
            var drains = 0
            var exit: ChildExit?
            /// The action for when it has ended.
            var afterExit: (@Sendable () -> Void)?
        }

        /// The things heard; kept apart, for the process keeps it.
        final class Record: Sendable {
            let heard = Locked(Heard())

            func recordExit(_ exit: ChildExit) {
                let action = heard.withLock { heard in
                    heard.exit = exit
                    return heard.afterExit
                }
                action?()
            }

            /// Calls a function when the child has ended, now if it has.
            func whenExited(_ action: @escaping @Sendable () -> Void) {
                let hasExited = heard.withLock { heard in
                    heard.afterExit = action
                    return heard.exit != nil
                }
                if hasExited { action() }
            }
        }

        let loop: EventLoop
        private let record = Record()
        private var process: ChildProcess?

        init(
            _ arguments: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin"],
            directory: String = "/"
        ) async throws {
            Signals.ignoreFailedWrites()
            let loop = try EventLoop()
            self.loop = loop
            try loop.start(named: "child loop")
            let record = record
            let command = ChildCommand(
                program: ChildCommand.find(arguments[0], in: "/usr/bin:/bin", from: "/")
                    ?? arguments[0],
                arguments: arguments, environment: environment, directory: directory)
            try await withCheckedThrowingContinuation { continuation in
                loop.perform { [self] in
                    var handlers = ChildProcess.Handlers()
                    handlers.onOutput = { bytes in record.heard.withLock { $0.output += bytes } }
                    handlers.onErrors = { bytes in record.heard.withLock { $0.errors += bytes } }
                    handlers.onOutputEnd = { record.heard.withLock { $0.isOutputEnded = true } }
                    handlers.onDrain = { record.heard.withLock { $0.drains += 1 } }
                    handlers.onExit = record.recordExit
                    continuation.resume(
                        with: Result {
                            process = try ChildProcess(command, on: loop, handlers)
                        })
                }
            }
        }

        deinit {
            let (loop, process) = (loop, UncheckedBox(process))
            let record = record
            loop.perform {
                guard let process = process.value else { return loop.stop() }
                process.kill()
                process.close()
                // Or nobody would ever wait for it.
                record.whenExited { loop.stop() }
            }
        }

        func perform<Value: Sendable>(
            _ body: @escaping @Sendable (ChildProcess) throws -> Value
        ) async throws -> Value {
            try await withCheckedThrowingContinuation { continuation in
                loop.perform { [self] in
                    continuation.resume(
                        with: Result { try body(try #require(process)) })
                }
            }
        }

        /// Returns when something has been heard.
        func hear(_ isHeard: (Heard) -> Bool) async -> Heard {
            while true {
                let heard = record.heard.withLock { $0 }
                if isHeard(heard) { return heard }
                await withCheckedContinuation { continuation in
                    loop.perform { continuation.resume() }
                }
                sched_yield()
            }
        }

        private struct UncheckedBox<Value>: @unchecked Sendable {  // touched on the loop only
            let value: Value
            init(_ value: Value) { self.value = value }
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `input goes in, output and errors come out, and the status is told`() async throws {
        let child = try await Child(["sh", "-c", "cat; echo no >&2; exit 3"])
        try await child.perform { child in
            child.write(Array("hola\n".utf8))
            child.write(Array("adiós\n".utf8))
            child.endInput()
        }
        let heard = await child.hear { $0.exit != nil && $0.isOutputEnded && $0.errors.count == 3 }
        #expect(Self.text(heard.output) == "hola\nadiós\n")
        #expect(Self.text(heard.errors) == "no\n")
        #expect(heard.exit == .status(3))
        #expect(try await child.perform { !$0.isInputOpen })
    }

    @Test func `the environment and the directory are the given ones`() async throws {
        let child = try await Child(
            ["/usr/bin/env"], environment: ["B": "dos palabras"], directory: "/usr")
        let heard = await child.hear { $0.exit != nil && $0.isOutputEnded }
        #expect(Self.text(heard.output) == "B=dos palabras\n")
        let other = try await Child(["pwd"], directory: "/usr/bin")
        let told = await other.hear { $0.exit != nil && $0.isOutputEnded }
        #expect(Self.text(told.output) == "/usr/bin\n")
    }

    @Test func `it has no descriptor, no blocked and no ignored signal of ours`() async throws {
        let leaked = try TestPipe()
        _ = fcntl(leaked.readEnd, F_SETFD, 0)
        let child = try await Child(["grep", "-hE", "SigBlk|SigIgn", "/proc/self/status"])
        let heard = await child.hear { $0.exit != nil && $0.isOutputEnded }
        // 32 and 33 are the C library's own, which posix_spawn has ignored.
        #expect(
            [0, 0x1_8000_0000].contains(Self.mask("SigIgn", in: heard.output)),
            "\(Self.text(heard.output))")
        #expect(Self.mask("SigBlk", in: heard.output) == 0)
        let list = try await Child(["ls", "/proc/self/fd"])
        let listed = await list.hear { $0.exit != nil && $0.isOutputEnded }
        // The last is the list's own.
        #expect(Self.text(listed.output) == "0\n1\n2\n3\n")
    }

    /// Returns a set of signals as the kernel writes it.
    private static func mask(_ name: String, in status: [UInt8]) -> UInt64? {
        let line = text(status).split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
    }

    @Test func `it leads a process group, which ends with it`() async throws {
        let child = try await Child(["sh", "-c", "sleep 1000 & echo $!; read -r line"])
        let heard = await child.hear { $0.output.last == UInt8(ascii: "\n") }
        let sleeping = try #require(pid_t(Self.text(heard.output).dropLast()))
        let id = try await child.perform { $0.id }
        #expect(getpgid(id) == id)
        #expect(getpgid(sleeping) == id)
        try await child.perform { $0.endInput() }
        // The output ends when nobody has its pipe any more.
        let end = await child.hear { $0.exit != nil && $0.isOutputEnded }
        #expect(end.exit == .status(1))
        await Self.waitForEnd(of: sleeping)
    }

    @Test func `a signal reaches the whole group`() async throws {
        let child = try await Child(["sh", "-c", "trap '' TERM; echo ready; while :; do :; done"])
        _ = await child.hear { !$0.output.isEmpty }
        try await child.perform { $0.signal(SIGTERM) }
        try await child.perform { $0.kill() }
        let heard = await child.hear { $0.exit != nil }
        #expect(heard.exit == .signal(SIGKILL))
        #expect(heard.exit?.description == "was ended by signal 9 (Killed)")
    }

    @Test func `input that is not read waits, and reading on drains it`() async throws {
        let child = try await Child(["sh", "-c", "read -r line; wc -c"])
        let size = 1 << 20
        // Asked in the same turn, before the program can have read more than a pipe holds.
        let waiting = try await child.perform { child in
            child.write([UInt8](repeating: UInt8(ascii: "a"), count: size))
            return child.waitingBytes
        }
        #expect(waiting > 0)
        try await child.perform { child in
            child.write([UInt8(ascii: "\n")])
            child.write([UInt8](repeating: UInt8(ascii: "b"), count: 7))
            child.endInput()
        }
        let heard = await child.hear { $0.exit != nil && $0.isOutputEnded }
        let end = heard.exit.map { "it \($0): \(Self.text(heard.errors))" } ?? ""
        #expect(Self.text(heard.output).trimmingBlanks == "7", "\(end)")
        #expect(heard.drains > 0)
    }

    @Test func `output that is not wanted slows it down`() async throws {
        let child = try await Child([
            "sh", "-c", "read -r line; yes | head -c 1000000; echo end >&2",
        ])
        try await child.perform { child in
            child.pauseOutput()
            child.write([UInt8(ascii: "\n")])
        }
        try await child.perform { child in
            #expect(child.isInputOpen)
            try child.resumeOutput()
        }
        let heard = await child.hear { $0.exit != nil && $0.isOutputEnded }
        #expect(heard.output.count == 1_000_000)
    }

    @Test func `a program that can't be run is named`() async throws {
        await #expect(throws: SocketError("start /nowhere/x", errno: ENOENT)) {
            try await Child(["/nowhere/x"])
        }
    }

    @Test func `a program is found in the directories of a PATH`() {
        func find(_ name: String, in path: String) -> String? {
            ChildCommand.find(name, in: path, from: "/usr")
        }
        #expect(find("sh", in: "/nowhere:/bin:/usr/bin") == "/bin/sh")
        #expect(find("bin", in: "/usr") == nil)
        #expect(find("nothing-like-it", in: "/usr/bin:/bin") == nil)
        // From the directory that the program runs in, not from that of this process.
        #expect(find("sh", in: "nowhere:bin") == "/usr/bin/sh")
        #expect(find("sh", in: "::") == nil)
    }

    @Test func `the guard kills the group when the daemon's end of its pipe closes`() async throws {
        let child = try await Child(["sh", "-c", "trap '' TERM HUP; echo ready; sleep 1000"])
        _ = await child.hear { !$0.output.isEmpty }
        try await child.perform { [loop = child.loop] process in
            // Only this closure holds the guard, and so its pipe, as the daemon does.
            try ProcessGuard(on: loop).watch(group: process.id)
        }
        let heard = await child.hear { $0.exit != nil }
        #expect(heard.exit == .signal(SIGKILL))
    }

    /// Returns when a process of another's has ended, or waits to be reaped.
    private static func waitForEnd(of process: pid_t) async {
        await pollUntil { kill(process, 0) != 0 || state(of: process) == "Z" }
    }

    private static func state(of process: pid_t) -> String {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return "Z" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = fread(&bytes, 1, bytes.count, file)
        let fields = text(Array(bytes.prefix(count))).split(separator: " ")
        return fields.count > 2 ? String(fields[2]) : "Z"
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        String(split(whereSeparator: \.isWhitespace).joined())
    }
}
