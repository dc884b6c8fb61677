import Foundation
import TestSupport
import Testing

/// A middleware that is a class: each entry of the file, and each look at the history, has its own.
@Suite(.timeLimit(.minutes(10))) struct ClassMiddlewareTests {
    @Test func `earlier messages are judged without counting in the room, and each time anew`()
        async throws
    {
        let folder = try TestFolder(
            bridges: """
                { "type": "tcp", "name": "chat", "listen": "127.0.0.1:0",
                  "outgoing": [{ "type": "every-second" }] }
                """)
        let daemon = try RunningProgram(
            ["bridge.json"], named: "TestDaemon", in: folder.url, keeping: folder)
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana:\n")
        try await client.barrier()
        for text in ["one", "two", "three"] { try client.send("ana: \(text)\n") }
        for text in ["one", "three"] { #expect(try await client.line() == "ana: \(text)") }
        for _ in 0..<3 {
            try client.send("/history\n")
            for text in ["one", "three"] {
                #expect(try await client.line()?.hasSuffix(" ana: \(text)") == true)
            }
            #expect(try await client.line() == "server: [ok] 2")
        }
        for text in ["four", "five"] { try client.send("ana: \(text)\n") }
        #expect(try await client.line() == "ana: five")
    }
}
