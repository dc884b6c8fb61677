import Foundation
import TestSupport
import Testing

/// Plug-ins that block, in a daemon of their own: in this process they would block tests too.
@Suite(.timeLimit(.minutes(10))) struct BlockingTests {
    @Test(arguments: [
        ["read", "read", "read", "read"], ["spin", "spin"], ["pool"], ["both"],
        ["read", "spin", "pool", "both", "read"],
    ])
    func `plug-ins that block cost only themselves`(types: [String]) async throws {
        let folder = try TestFolder()
        let blocking = types.enumerated().map { place, type in
            #"{ "type": "\#(type)", "name": "\#(type)-\#(place)" }"#
        }
        let others = [#"{ "type": "answer" }"#, TestFolder.chat]
        try folder.write(
            """
            { "language": "en", "store": { "path": "puente.sqlite" },
              "bridges": [\((blocking + others).joined(separator: ", "))] }
            """)
        let daemon = try RunningProgram(
            ["bridge.json"], named: "TestDaemon", in: folder.url, keeping: folder)
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: answer?\n")
        while let line = try await client.line(), line != "answer (answer): answer" {}
        if types.contains("both") {
            try client.send("ana: both?\n")
            while let line = try await client.line(), !line.hasSuffix(": both") {}
        }
        daemon.signal(SIGTERM)
        // Two bridges that compute leave the others little of two processors.
        var running = Set(
            ["answer", "chat"] + types.indices.filter { types[$0] == "pool" }.map { "pool-\($0)" })
        while !running.isEmpty, let line = try await daemon.errors.line() {
            running = running.filter { line != "info \($0): finished" }
        }
        // The tests don't wait ten seconds for the others.
        daemon.signal(SIGINT)
        let (status, _, errors) = try await daemon.result()
        #expect(status == 0)
        let holding = blocking.indices.filter { types[$0] != "pool" }.map { "\(types[$0])-\($0)" }
        #expect(errors.last == "abandoned: \(holding.sorted().joined(separator: " "))")
        for name in holding {
            #expect(errors.contains { $0.hasPrefix("warning \(name): did not end") })
        }
    }

    @Test func `a bridge that never gets ready is named`() async throws {
        let folder = try TestFolder(bridges: #"{ "type": "read" }"#, TestFolder.chat)
        let daemon = try RunningProgram(
            ["bridge.json"], named: "TestDaemon", in: folder.url, keeping: folder)
        var line = try await daemon.errors.line()
        while let text = line, !text.hasPrefix("warning read: not ready after 10") {
            line = try await daemon.errors.line()
        }
        #expect(line != nil)
        daemon.signal(SIGTERM)
        daemon.signal(SIGINT)
        #expect(try await daemon.exitStatus() == 0)
    }
}
