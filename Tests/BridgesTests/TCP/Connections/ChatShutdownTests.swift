import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// The end of a tcp bridge.
@Suite(.timeLimit(.minutes(10))) struct ChatShutdownTests {
    @Test func `lines sent before the stop are delivered, and nobody is announced as leaving`()
        async throws
    {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        let lines = (0..<2_000).map { "line \($0)" }
        try ana.send(lines.map { "\($0)\n" }.joined())
        try bob.send("adiós\n")
        try await host.stop()
        let expected = ["ana se ha unido al chat.", "bob se ha unido al chat."]
        let seen = try await reader.rest()
        #expect(Array(seen.prefix(2)) == expected)
        #expect(seen.filter { $0.hasPrefix("ana: ") } == lines.map { "ana: \($0)" })
        #expect(seen.filter { $0.hasPrefix("bob: ") } == ["bob: adiós"])
        #expect(seen.count == 2 + lines.count + 1)
        #expect(try await ana.rest() == Array(seen[1...]))
        #expect(try await bob.rest() == Array(seen[2...]))
    }

    @Test func `a client that has only just connected is heard too`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: hola\n")
        try await host.stop()
        #expect(try await reader.rest() == ["ana se ha unido al chat.", "ana: hola"])
    }

    @Test func `the pending text of a client without line endings is a line`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: hola")
        _ = try await host.client()
        try await host.stop()
        #expect(try await reader.rest() == ["ana se ha unido al chat.", "ana: hola"])
    }

    @Test func `a slow reader reads to the end`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        let slow = try await host.client("slow", receiveBuffer: 65_536)
        let text = String(repeating: "x", count: 8_000)
        for _ in 0..<40 {
            try await port.publish((0..<20).map { _ in Draft(text, from: "eco") })
        }
        host.test.stop()
        await pollUntil { await host.test.bus.isEnding }
        // Its text comes too late now, and must not cost it what it is owed.
        try slow.send("tarde\n")
        let lines = try await slow.rest()
        let skipped = lines.compactMap(ChatLines.skipped).reduce(0, +)
        #expect(lines.filter { $0.hasPrefix("eco") }.count + skipped == 800)
        #expect(lines.filter { $0.contains("tarde") } == [])
        try await host.ended()
    }

    @Test func `nobody gets in any more`() async throws {
        let host = try await ChatHost()
        try await host.stop()
        #expect(throws: (any Error).self) { _ = try ChatClient(port: host.ports[0]) }
    }

    @Test func `a bridge that is cancelled closes everything at once`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        let slow = try await host.client("slow", receiveBuffer: 65_536)
        let text = String(repeating: "x", count: 8_000)
        for _ in 0..<35 {
            try await port.publish((0..<20).map { _ in Draft(text, from: "eco") })
        }
        host.cancel()
        try await host.ended()
        #expect(throws: (any Error).self) { _ = try ChatClient(port: host.ports[0]) }
        withExtendedLifetime(slow) {}
    }
}
