import Foundation
import JSON
import MessageBus
import Sockets
import Testing

@testable import Wiring

@Suite struct ControlServerTests {
    @Test func `a command answers in lines and ends with its status`() async throws {
        let control = try await TestControl(commands: [EchoCommand()])
        let answer = try await control.ask("echo", ["word": .text("hola")])
        #expect(
            answer == [
                .line("hola"), .problem("hola"), .object(.object(["n": .integer(1)])),
                .exit(.differs),
            ])
        await control.end()
    }

    @Test func `the file is for its owner only, and is removed at the end`() async throws {
        let control = try await TestControl(commands: [])
        var status = stat()
        #expect(lstat(control.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        await control.end()
        #expect(lstat(control.path, &status) != 0)
    }

    @Test func `a file that another process has put in its place stays`() async throws {
        let control = try await TestControl(commands: [])
        unlink(control.path)
        try "mine".write(toFile: control.path, atomically: false, encoding: .utf8)
        await control.end()
        #expect(try String(contentsOfFile: control.path, encoding: .utf8) == "mine")
    }

    @Test func `a socket that nobody listens on is replaced`() async throws {
        let folder = try ControlFolder()
        try folder.leaveSocket()
        let control = try await TestControl(commands: [EchoCommand()], in: folder)
        #expect(try await control.ask("echo", ["word": .text("x")]).last == .exit(.differs))
        await control.end()
    }

    @Test func `a file that is no socket is left alone`() async throws {
        let folder = try ControlFolder()
        try "notes".write(toFile: folder.path, atomically: false, encoding: .utf8)
        let error = try await #require(throws: ControlError.self) {
            _ = try await TestControl(commands: [], in: folder)
        }
        #expect("\(error)".contains("is not a socket, and was left as it is"))
        #expect(try String(contentsOfFile: folder.path, encoding: .utf8) == "notes")
    }

    @Test func `a socket that somebody listens on is left alone`() async throws {
        let folder = try ControlFolder()
        let first = try await TestControl(commands: [], in: folder)
        let error = try await #require(throws: ControlError.self) {
            _ = try await TestControl(commands: [], in: folder)
        }
        #expect("\(error)" == "control: another process listens on \(folder.path)")
        await first.end()
    }

    @Test func `a path that is too long for a socket works all the same`() async throws {
        let folder = try ControlFolder(named: String(repeating: "long-", count: 30))
        #expect(folder.path.utf8.count > 107)
        let control = try await TestControl(commands: [EchoCommand()], in: folder)
        #expect(try await control.ask("echo", ["word": .text("x")]).last == .exit(.differs))
        await control.end()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func `a name that is too long for a socket is told`() {
        let name = String(repeating: "n", count: 120)
        #expect(throws: ControlError.self) { _ = try ControlAddress("/tmp/\(name)") }
    }

    @Test(arguments: [
        "", "{}", "hola", "{\"version\":1}", "[1,2]", "{\"version\":\"0\",\"command\":2}",
    ])
    func `junk is refused in a sentence`(line: String) async throws {
        let control = try await TestControl(commands: [])
        let answer = try await control.raw(line + "\n")
        #expect(answer.contains("expected a request like"))
        #expect(answer.hasSuffix("{\"exit\":69}\n"))
        await control.end()
    }

    @Test func `another version is told so`() async throws {
        let control = try await TestControl(commands: [EchoCommand()])
        let answer = try await control.raw(
            "{\"version\":\"99.0\",\"command\":\"echo\",\"arguments\":{}}\n")
        #expect(answer.contains("and this command puente 99.0"))
        #expect(answer.hasSuffix("{\"exit\":69}\n"))
        await control.end()
    }

    @Test func `a request has a longest length, however it comes`() async throws {
        let control = try await TestControl(commands: [])
        let endless = String(repeating: "x", count: ControlRequest.maxLineBytes + 1)
        #expect(try await control.raw(endless).contains("a request has at most 64 KiB"))
        #expect(try await control.raw(endless + "\n").contains("a request has at most 64 KiB"))
        await control.end()
    }

    @Test func `a seventeenth client is told that there are sixteen`() async throws {
        let control = try await TestControl(commands: [EchoCommand()])
        let idle = try (0..<16).map { _ in try control.connect() }
        #expect(try await control.raw("").contains("16 clients are connected already"))
        for descriptor in idle { close(descriptor) }
        // The server learns of the ends in the order in which they happened.
        while try await control.raw("{}\n").contains("16 clients") {}
        await control.end()
    }

    @Test func `what a client leaves unread is bounded, and the command told`() async throws {
        let control = try await TestControl(commands: [FloodCommand()])
        let answer = try await control.ask("flood")
        guard case .object(let end) = answer[answer.count - 2] else {
            Issue.record("no count: \(answer.suffix(2))")
            return
        }
        let sent = try #require(end["sent"].integer)
        #expect(sent < 2 * Int64(ControlAnswer.maxUnread / FloodCommand.line.utf8.count))
        #expect(answer.count { if case .line = $0 { true } else { false } } == Int(sent))
        await control.end()
    }

    @Test func `a command whose client is gone is cancelled`() async throws {
        let command = WaitingCommand()
        let control = try await TestControl(commands: [command])
        let descriptor = try control.connect()
        control.write("{\"version\":\"\(Version.current)\",\"command\":\"wait\"}\n", to: descriptor)
        await command.hasBegun.wait(since: 0)
        close(descriptor)
        await command.hasEnded.wait(since: 0)
        await control.end()
    }
}
