import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct SessionTests {
    @Test func `the session in README happens as it stands there`() throws {
        let daemon = try RunningDaemon()
        defer { daemon.kill() }
        var people = ["console": daemon.console]
        for step in try Session.steps(of: ProjectFile("Tests/PuenteTests/Examples/session.txt")) {
            let person = try people[step.who] ?? daemon.connect()
            people[step.who] = person
            if step.isTyped {
                person.write(step.text)
            } else {
                try #require(person.readLine() == step.text, "\(step.who), line \(step.line)")
            }
        }
        #expect(people["bob"]?.readLine() == nil, "bob has left and is still connected")
        #expect(daemon.stop() == 0, "\(daemon.restOfLog())")
        for (who, person) in people { #expect(person.readLine() == nil, "\(who) sees more") }
    }
}

/// A transcript of several terminals: `ana      › what is typed`, `bob        what is seen`.
private enum Session {
    struct Step {
        let line: Int
        let who: String
        let isTyped: Bool
        let text: String
    }

    static func steps(of file: ProjectFile) throws -> [Step] {
        try file.lines.enumerated().filter { !$0.element.isEmpty }.map { index, line in
            let match = try #require(line.wholeMatch(of: /(\w+) +(› )?(.+)/), "\(line)")
            return Step(
                line: index + 1, who: String(match.1), isTyped: match.2 != nil,
                text: String(match.3))
        }
    }
}

/// The built program, running with the shipped bridge.json on ports of the system's choice.
private final class RunningDaemon {
    let console: Terminal
    private let log: Terminal
    private let process: TestProcess
    private let port: UInt16
    /// Stays as long as the daemon runs, which keeps its store there.
    private let directory: URL

    init() throws {
        directory = URL.temporaryDirectory.appending(path: "puente-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let shipped = try ProjectFile("bridge.json").text
        let file = directory.appending(path: "bridge.json")
        try shipped.replacing(/"(?:0\.0\.0\.0:2000|127\.0\.0\.1:8080)"/, with: "\"127.0.0.1:0\"")
            .write(to: file, atomically: true, encoding: .utf8)
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        let theirs = [
            input.fileHandleForReading, output.fileHandleForWriting, errors.fileHandleForWriting,
        ]
        process = try TestProcess(
            [
                try Program.executable.path(percentEncoded: false), "run", "--config",
                file.path(percentEncoded: false),
            ], streams: theirs.map(\.fileDescriptor))
        for end in theirs { try end.close() }
        console = Terminal(reads: output.fileHandleForReading, writes: input.fileHandleForWriting)
        log = Terminal(reads: errors.fileHandleForReading, writes: nil)
        let announcement = " info chat: escuchando en 127.0.0.1:"
        var lines: [String] = []
        while let line = log.readLine(), !line.contains(announcement) { lines.append(line) }
        port = try #require(
            log.lastLine?.split(separator: ":").last.flatMap { UInt16($0) },
            "it does not listen: \(lines)")
    }

    func connect() throws -> Terminal {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let result = withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0, "connect: \(errno)")
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        return Terminal(reads: handle, writes: handle)
    }

    /// Stops it as systemd does, and returns its exit status.
    func stop() -> Int32 {
        process.signal(SIGTERM)
        return process.wait()
    }

    /// Kills it if it still runs, and removes its files.
    func kill() {
        process.signal(SIGKILL)
        try? FileManager.default.removeItem(at: directory)
    }

    /// Returns the lines that it has logged since it listens.
    func restOfLog() -> [String] {
        var lines: [String] = []
        while let line = log.readLine() { lines.append(line) }
        return lines
    }
}

/// The input and output of one person.
private final class Terminal {
    private let input: FileHandle
    private let output: FileHandle?
    private var bytes: [UInt8] = []
    private(set) var lastLine: String?

    init(reads input: FileHandle, writes output: FileHandle?) {
        self.input = input
        self.output = output
    }

    func write(_ line: String) { output?.write(Data("\(line)\n".utf8)) }

    /// The next line, or nil at the end or when there is none in time.
    func readLine() -> String? {
        while true {
            if let end = bytes.firstIndex(of: 0x0A) {
                lastLine = String(decoding: bytes[..<end], as: UTF8.self)
                bytes.removeSubrange(...end)
                return lastLine
            }
            var poll = pollfd(fd: input.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, Patience.milliseconds) == 1 else { return nil }
            var part = [UInt8](repeating: 0, count: 4_096)
            let count = read(input.fileDescriptor, &part, part.count)
            guard count > 0 else { return nil }
            bytes += part[..<count]
        }
    }
}
