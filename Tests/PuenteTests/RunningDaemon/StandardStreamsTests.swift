import Foundation
import Glibc
import Sockets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct StandardStreamsTests {
    private static let console = #"{ "type": "stdio", "sender": "op" }"#
    private static let script = #"{ "type": "stdio", "sender": "op", "exitAtEnd": true }"#

    @Test func `a reader of standard output that goes away ends that bridge only`() async throws {
        let daemon = try TestFolder(bridges: TestFolder.chat, Self.console).start()
        let client = try ChatClient(port: try await daemon.port())
        daemon.output.close()
        try client.send("ana: one\n")
        #expect(try await client.lines(2).last == "ana: one")
        try await daemon.errors.lines(until: "nobody reads standard output any more")
        try client.send("ana: two\n")
        #expect(try await client.line() == "ana: two")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `a reader of the log that goes away ends nothing`() async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat, more: #""middleware": [{ "type": "log" }],"#)
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port())
        daemon.errors.close()
        try client.send("ana:\n")
        try await client.barrier()
        for number in 1...100 {
            try client.send("ana: \(number)\n")
            #expect(try await client.line() == "ana: \(number)")
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `words for a reader that has gone are no crash`() async throws {
        let program = try RunningProgram(["describe"])
        program.output.close()
        #expect(try await program.exitStatus() == 0)
        let other = try RunningProgram(["fly"])
        other.errors.close()
        #expect(try await other.exitStatus() == 64)
    }

    @Test func `it runs without standard input, output and error`() async throws {
        let folder = try TestFolder(
            bridges: #"{ "type": "tcp", "listen": "unix:socket", "greeting": "" }"#, Self.console,
            more: #""middleware": [{ "type": "log" }],"#)
        let daemon = try folder.start(streams: .nothing)
        let client = try await UnixClient(folder.url.appending(path: "socket").path)
        client.send("ana: hi\nana: there\nana ha abandonado el chat.\nana left the chat.\n")
        let lines = try await client.stream.rest()
        // Not a word of the log or of the console has gone to the socket.
        #expect(
            lines == [
                "ana joined the chat.", "ana: hi", "ana: there",
                "ana: ana ha abandonado el chat.", "ana left the chat.",
            ])
        for number in 0...2 { #expect(daemon.descriptor(number) == "/dev/null") }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `a reader of the log that has stopped reading holds nobody up`() async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat, more: #""middleware": [{ "type": "log" }],"#)
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana:\n")
        try await client.barrier()
        // Far more than a pipe holds and the log keeps.
        let said = (1...40).map { _ in "ana: " + String(repeating: "x", count: 4_000) }
        for _ in 0..<20 {
            try client.send(said.joined(separator: "\n") + "\n")
            #expect(try await client.lines(said.count) == said)
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `a hundred thousand lines are published before it ends`() async throws {
        let daemon = try TestFolder(
            bridges: TestFolder.chat,
            #"{ "type": "stdio", "sender": "seq", "exitAtEnd": true, "direction": "in" }"#
        ).start()
        let client = try ChatClient(port: try await daemon.port())
        try await client.barrier()
        let numbers = 1...100_000
        async let seen = client.rest()
        await daemon.type(numbers.map { "\($0)\n" }.joined())
        daemon.endInput()
        let lines = try await seen
        #expect(lines.count == numbers.count)
        #expect(lines == numbers.map { "seq (stdio): \($0)" })
        let (status, output, _) = try await daemon.result()
        #expect(status == 0)
        #expect(output == [])
    }

    @Test(arguments: [("", ["op (stdio): one"]), ("two", ["op (stdio): one", "op (stdio): two"])])
    func `half a line at the end of the input is a line`(
        half: String, expected: [String]
    ) async throws {
        let daemon = try TestFolder(
            bridges: TestFolder.chat, Self.script
        ).start()
        let client = try ChatClient(port: try await daemon.port())
        try await client.barrier()
        await daemon.type("one\n\(half)")
        daemon.endInput()
        #expect(try await client.rest() == expected)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `with exitAtEnd, output that nobody reads is no success`() async throws {
        let daemon = try TestFolder(bridges: TestFolder.chat, Self.script).start()
        let client = try ChatClient(port: try await daemon.port())
        daemon.output.close()
        try client.send("ana: one\n")
        #expect(try await client.lines(2).last == "ana: one")
        await daemon.type("two\n")
        #expect(try await client.line() == "op (stdio): two")
        daemon.endInput()
        try await daemon.errors.lines(until: "nobody reads standard output any more")
        #expect(try await daemon.exitStatus() == 69)
    }

    @Test func `with exitAtEnd, output that can't be written is no success`() async throws {
        let folder = try TestFolder(bridges: TestFolder.chat, Self.script)
        let daemon = try RunningProgram(
            ["run"], in: folder.url, limits: "exec >/dev/full", keeping: folder)
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: one\n")
        try await daemon.errors.lines(until: "no space left on device")
        daemon.endInput()
        #expect(try await daemon.exitStatus() == 69)
    }

    @Test func `the end of the input ends nothing unless it is asked for`() async throws {
        let daemon = try TestFolder(bridges: TestFolder.chat, Self.console).start()
        let client = try ChatClient(port: try await daemon.port())
        await daemon.type("hi\n")
        daemon.endInput()
        try await daemon.errors.lines(until: "standard input has ended")
        try client.send("ana: alone?\n")
        #expect(
            try await daemon.output.lines(until: "alone").suffix(2) == [
                "ana joined the chat.", "ana: alone?",
            ])
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }
}
