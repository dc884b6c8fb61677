import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// The counters of a tcp bridge.
@Suite(.timeLimit(.minutes(10))) struct ChatCountingTests {
    private func report(of host: ChatHost) async throws -> BridgeReport {
        try #require(await host.test.bus.perform { $0.report() }.bridges.first)
    }

    @Test(arguments: [true, false])
    func `each reader of a line counts, and who said it with echo only`(echo: Bool) async throws {
        let host = try await ChatHost { $0.options.echo = echo }
        let (ana, bob, eva) = (
            try await host.client("ana"), try await host.client("bob"),
            try await host.client("eva")
        )
        for client in [ana, bob, eva] { _ = try await client.barrier() }
        let before = try await report(of: host)
        try ana.send((1...250).map { "\($0)\n" }.joined())
        for client in [ana, bob, eva] { _ = try await client.barrier() }
        let after = try await report(of: host)
        #expect(after.passed - before.passed == 250)
        #expect(after.deliveries - before.deliveries == (echo ? 750 : 500))
        #expect(after.skipped == 0)
        #expect(after.waiting == 0)
    }

    @Test func `a message of several lines is one`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        let other = await host.port()
        let before = try await report(of: host)
        try await other.publish("una\ndos\ntres", from: "eva")
        try await other.publish("cuatro", from: "eva")
        #expect(try await ana.lines(4).count == 4)
        _ = try await ana.barrier()
        #expect(try await report(of: host).deliveries - before.deliveries == 2)
    }

    @Test func `connections, their bytes and those that are refused are counted`() async throws {
        let host = try await ChatHost { $0.options.maxConnections = 2 }
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        var connections = try #require(try await report(of: host).connections)
        #expect(connections.open == 2)
        #expect(connections.total == 2)
        #expect(connections.refusals.isEmpty)
        #expect(connections.receivedBytes >= 20)
        #expect(connections.sentBytes > 0)
        let third = try ChatClient(port: host.ports[0])
        #expect(try await third.line()?.contains("[full]") == true)
        bob.close()
        while try await ana.line() != "bob ha abandonado el chat." {}
        connections = try #require(try await report(of: host).connections)
        #expect(connections.open == 1)
        #expect(connections.total == 2)
        #expect(connections.refusals.map { "\($0.code) \($0.count)" } == ["full 1"])
    }

    @Test func `what a reader does not take waits, and is skipped at last`() async throws {
        let host = try await ChatHost {
            $0.options.buffer = .kibibytes(64)
            // The kernel goes by the real time, of which a busy machine needs much.
            $0.options.stalledAfter = .seconds(3_600)
        }
        let slow = try await host.client("slow", receiveBuffer: 4_096)
        _ = try await slow.barrier()
        let other = await host.port()
        let text = String(repeating: "x", count: 1_000)
        let before = try await report(of: host)
        // More than the kernel and the transcript hold together.
        for _ in 0..<40 {
            try await other.publish((1...250).map { _ in Draft(text, from: "eva") })
            await host.test.settle()
        }
        host.test.advance(by: .seconds(3))
        await host.test.settle()
        var after = try await report(of: host)
        let waiting = try #require(after.gauges.waiting.first)
        #expect(waiting.channel == "general")
        #expect(waiting.count > 0)
        #expect(waiting.age == .seconds(3))
        #expect(after.deliveries - before.deliveries + UInt64(waiting.count) == 10_000)
        _ = try await slow.barrier()
        after = try await report(of: host)
        #expect(after.waiting == 0)
        #expect(after.skipped > 1_000)
        #expect(after.deliveries - before.deliveries + after.skipped == 10_000)
    }

    @Test func `who changes rooms takes the counts along`() async throws {
        let host = try await ChatHost(rooms: ["general", "juegos"])
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        _ = try await ana.barrier()
        let before = try await report(of: host)
        try bob.send("uno\n/join juegos\n")
        _ = try await bob.barrier()
        try bob.send("/join general\ndos\n")
        _ = try await bob.barrier()
        _ = try await ana.barrier()
        let after = try await report(of: host)
        // Ana: a line, a leave, a join, a line.
        #expect(after.deliveries - before.deliveries >= 4)
        #expect(after.passed - before.passed == 2)
        #expect(after.notices - before.notices == 4)
    }

    @Test func `bridges go on counting with their next run`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send("hola\n")
        _ = try await ana.barrier()
        try await host.stop()
        let after = try await report(of: host)
        #expect(after.passed == 1)
        #expect(after.connections?.open == 0)
        #expect(after.connections?.total == 1)
    }
}
