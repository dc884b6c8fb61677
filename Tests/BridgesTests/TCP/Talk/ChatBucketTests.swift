import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Commands, and changes of name and room, have a limit of their own.
@Suite(.timeLimit(.minutes(10))) struct ChatBucketTests {
    private static func limited(_ line: String) -> Bool {
        line.hasPrefix("servidor: [rate-limited] ")
    }

    private func host(rooms: [String] = ["general"]) async throws -> ChatHost {
        try await ChatHost(rooms: rooms) { $0.options.commands = CommandBucket.Options() }
    }

    @Test func `thirty commands at once, then one a second`() async throws {
        let host = try await host()
        let ana = try ChatClient(port: host.ports[0])
        // The first name is one of them.
        try ana.send("ana: hola\n" + String(repeating: "/who\n", count: 31) + "adiós\n")
        let lines = try await ana.lines(2 + 29 * 2 + 3)
        #expect(lines.filter { $0 == "servidor: [ok] 1" }.count == 29)
        #expect(
            lines.filter(Self.limited)
                == Array(
                    repeating: "servidor: [rate-limited] Demasiadas órdenes; espera 1 s.", count: 2)
        )
        #expect(lines.last == "ana: adiós")
        for _ in 0..<3 {
            host.test.advance(by: .seconds(1))
            try ana.send("/nick ana\n/nick ana\n")
            let lines = try await ana.lines(2)
            #expect(lines[0] == "servidor: [ok] Te llamas ana." && Self.limited(lines[1]))
        }
        host.test.advance(by: .seconds(3_600))
        try ana.send(String(repeating: "/nick ana\n", count: 31))
        #expect(try await ana.lines(31).filter(Self.limited).count == 1)
    }

    @Test(arguments: [
        "/nick a1\n/nick a2\n", "/join otra\n/join general\n", "/nada\n/reply #1 x\n",
    ])
    func `a flood of commands moves nobody and is not answered for ever`(lines: String)
        async throws
    {
        let host = try await host(rooms: ["general", "otra"])
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana:\n")
        try await ana.sendMuch(Array(String(repeating: lines, count: 2_000).utf8))
        try ana.send("fin\n")
        var seen: [String] = []
        while let line = try await ana.line(), !line.hasSuffix(": fin") { seen.append(line) }
        // A hundred refusals a second, and time stands still.
        #expect(seen.filter(Self.limited).count == 100)
        #expect(seen.count < 230)
        #expect(try await reader.barrier().count < 70)
    }

    @Test func `a refused name counts as well, and leaving is always allowed`()
        async throws
    {
        let host = try await host()
        let ana = try await host.client("ana")
        let client = try ChatClient(port: host.ports[0])
        try client.send(String(repeating: "ana: hola\na(b): hola\n", count: 16))
        let lines = try await client.lines(32)
        #expect(lines.prefix(30).filter { $0.hasPrefix("servidor: [name-in-use]") }.count == 15)
        #expect(lines.prefix(30).filter { $0.hasPrefix("servidor: [bad-name]") }.count == 15)
        #expect(lines.suffix(2).allSatisfy(Self.limited))
        try client.send("bob: hola\n/quit\n")
        let rest = try await client.rest()
        #expect(rest.count == 2 && Self.limited(rest[0]))
        withExtendedLifetime(ana) {}
    }

    @Test func `a bucket is refilled bit by bit and never overflows`() {
        var options = CommandBucket.Options()
        options.burst = 3
        options.per = .milliseconds(500)
        let rule = CommandBucket.Rule(options)
        var bucket = CommandBucket()
        let start = MonotonicTime.after(.seconds(7))
        for _ in 0..<3 { #expect(bucket.spend(at: start, rule) == .allowed) }
        #expect(bucket.spend(at: start, rule) == .refused(seconds: 1))
        #expect(bucket.spend(at: start + .nanoseconds(499_999_999), rule) == .refused(seconds: 1))
        #expect(bucket.spend(at: start + .milliseconds(500), rule) == .allowed)
        #expect(bucket.spend(at: start + .milliseconds(500), rule) == .refused(seconds: 1))
        for _ in 0..<3 { #expect(bucket.spend(at: start + .seconds(9), rule) == .allowed) }
        // By another bridge, with other limits: half of the allowance is used there, too.
        options.burst = 100
        options.per = .milliseconds(10)
        var shared = CommandBucket()
        for _ in 0..<50 {
            #expect(shared.spend(at: start, CommandBucket.Rule(options)) == .allowed)
        }
        options.burst = 4
        options.per = .seconds(1)
        for _ in 0..<2 {
            #expect(shared.spend(at: start, CommandBucket.Rule(options)) == .allowed)
        }
        #expect(shared.spend(at: start, CommandBucket.Rule(options)) == .refused(seconds: 1))
        options.burst = 1_000_000_000
        options.per = .seconds(36_500 * 86_400)
        var large = CommandBucket()
        for _ in 0..<10 {
            #expect(large.spend(at: .distantFuture, CommandBucket.Rule(options)) == .allowed)
        }
    }
}
