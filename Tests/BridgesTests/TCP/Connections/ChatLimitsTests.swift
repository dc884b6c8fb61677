import Glibc
import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Bounds: on connections, on slowness, on unread answers.
@Suite(.timeLimit(.minutes(10))) struct ChatLimitsTests {
    private static let full = "servidor: [full] No cabe nadie más; prueba más tarde."

    @Test func `one connection too many is told so and closed`() async throws {
        let host = try await ChatHost { $0.options.maxConnections = 2 }
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        for _ in 0..<3 {
            #expect(try await ChatClient(port: host.ports[0]).rest() == [Self.full])
        }
        try bob.send("/quit\n")
        #expect(try await bob.rest() == ["bob ha abandonado el chat."])
        #expect(try await ana.lines(2).last == "bob ha abandonado el chat.")
        let eva = try await host.client("eva")
        #expect(try await ChatClient(port: host.ports[0]).rest() == [Self.full])
        eva.close()
        #expect(try await ana.lines(2).last == "eva ha abandonado el chat.")
    }

    @Test func `each address has its own bound`() async throws {
        let host = try await ChatHost { $0.options.maxPerAddress = 1 }
        let ana = try await host.client("ana")
        #expect(try await ChatClient(port: host.ports[0]).rest() == [Self.full])
        let bob = try await host.client("bob", from: "127.0.0.2")
        #expect(try await ana.line() == "bob se ha unido al chat.")
        ana.close()
        #expect(try await bob.line() == "ana ha abandonado el chat.")
        _ = try await host.client("ana")
    }

    @Test func `a reader that takes nothing for too long is closed`() async throws {
        let host = try await ChatHost {
            $0.options.buffer = .mebibytes(4)
            // The kernel goes by the real time, of which a busy machine needs much.
            $0.options.stalledAfter = .seconds(3_600)
        }
        let port = await host.port()
        let reader = try await host.client()
        let slow = try await host.client("slow", receiveBuffer: 65_536)
        try await say(700, by: port, while: reader)
        host.test.advance(by: .seconds(3_599))
        #expect(try await reader.barrier() == [])
        host.test.advance(by: .seconds(1))
        #expect(try await reader.line() == "slow ha abandonado el chat.")
        withExtendedLifetime(slow) {}
    }

    @Test func `a reader whose oldest byte waits too long is closed, whatever it takes`()
        async throws
    {
        let host = try await ChatHost {
            $0.options.buffer = .mebibytes(4)
            $0.options.stalledAfter = .seconds(3_600)
        }
        let port = await host.port()
        let reader = try await host.client()
        let slow = try await host.client("slow", receiveBuffer: 65_536)
        try await say(700, by: port, while: reader)
        // It takes about 16 KiB every five minutes of the megabytes that the kernel holds.
        for _ in 0..<11 {
            _ = try await slow.lines(2)
            host.test.advance(by: .seconds(300))
            #expect(try await reader.barrier() == [])
        }
        _ = try await slow.lines(2)
        host.test.advance(by: .seconds(300))
        #expect(try await reader.line() == "slow ha abandonado el chat.")
    }

    @Test func `the kernel gives up a peer that confirms nothing for as long`() async throws {
        let host = try await ChatHost { $0.options.stalledAfter = .seconds(20) }
        let ana = try await host.client("ana")
        let accepted = try #require(AcceptedSocket(of: ana))
        #expect(accepted[TCP_USER_TIMEOUT] == 20_000)
        #expect(accepted[TCP_KEEPIDLE] == 10)
        #expect(accepted[TCP_KEEPIDLE] + accepted[TCP_KEEPINTVL] * accepted[TCP_KEEPCNT] <= 20)
    }

    @Test func `a reader that takes a little now and then stays`() async throws {
        let host = try await ChatHost {
            $0.options.buffer = .kibibytes(64)
            $0.options.stalledAfter = .seconds(3_600)
        }
        let port = await host.port()
        let reader = try await host.client()
        let slow = try await host.client("slow", receiveBuffer: 65_536)
        for _ in 0..<2 {
            try await say(700, by: port, while: reader)
            // A line after all that the kernel held: the server has to send again.
            while let line = try await slow.line(), ChatLines.skipped(line) == nil {}
            #expect(try await reader.barrier().filter { $0.hasPrefix("slow ha") } == [])
            host.test.advance(by: .seconds(3_599))
        }
        #expect(try await reader.barrier().filter { $0.hasPrefix("slow ha") } == [])
    }

    @Test(arguments: [true, false])
    func `a reader that is too slow skips and is told how many lines, and nobody waits`(echo: Bool)
        async throws
    {
        let host = try await ChatHost {
            $0.options.buffer = .kibibytes(64)
            $0.options.echo = echo
            $0.options.stalledAfter = .seconds(3_600)
        }
        let port = await host.port()
        let reader = try await host.client()
        let slow = try await host.client("slow", receiveBuffer: 65_536)
        // Its own lines are among what it misses; with echo off they do not count.
        var sent = 0
        for round in 0..<40 {
            try await say(20, from: sent, by: port, while: reader)
            sent += 20
            if round % 4 == 3 {
                try slow.send("own \(round)\n")
                while try await reader.line() != "slow: own \(round)" {}
            }
        }
        let lines = try await slow.barrier()
        var next = 0
        var own = 0
        var skipped = 0
        for line in lines {
            if let count = ChatLines.skipped(line) {
                skipped += count
            } else if line.hasPrefix("slow: own") {
                own += 1
            } else if line.hasPrefix("eco"), let number = Int(line.split(separator: " ")[2]) {
                if skipped == 0, number != next { Issue.record("\(number) instead of \(next)") }
                next = number + 1
            }
        }
        #expect(skipped > 0)
        let delivered = lines.filter { $0.hasPrefix("eco") }.count
        #expect(delivered + skipped + own == sent + (echo ? 10 : 0))
        if !echo { #expect(own == 0) }
    }

    @Test func `a burst in one read overtakes no reader that keeps up`() async throws {
        let host = try await ChatHost {
            $0.options.buffer = .kibibytes(64)
            $0.options.maxLine = 8_192
        }
        let reader = try await host.client()
        let ana = try await host.client("ana")
        // Answers in between make the server encode before the turn ends.
        let text = String(repeating: "x", count: 7_900)
        try await ana.sendMuch(Array(String(repeating: "\(text)\n/x\n", count: 40).utf8))
        var said = 0
        while said < 40 {
            guard let line = try await reader.line() else { break }
            if ChatLines.skipped(line) != nil { Issue.record("\(line) after \(said)") }
            if line == "ana: \(text)" { said += 1 }
        }
        #expect(said == 40)
    }

    @Test func `a flood of commands is answered and the connection goes on`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        // The answers are more than may wait, and the kernel takes them all.
        try ana.send(String(repeating: "/nada\n", count: 3_000))
        let lines = try await ana.barrier()
        #expect(lines.filter { $0.hasPrefix("servidor: [unknown-command] ") }.count == 3_000)
        try ana.send("hola\n")
        #expect(try await ana.barrier() == ["ana: hola"])
    }

    @Test func `lines wait while their answers are not read, and then are answered`() async throws {
        let host = try await ChatHost()
        let client = try await host.client(receiveBuffer: 8_192)
        // Two bytes each, and an answer of about eighty.
        let lines = Array(String(repeating: "x\n", count: 30_000).utf8)
        try client.send(lines + Array("ana: hola\n".utf8))
        let answers = try await client.barrier()
        #expect(answers.count { $0.hasPrefix("servidor: [need-name] ") } == 30_000)
        #expect(answers.suffix(2) == ["ana se ha unido al chat.", "ana: hola"])
    }

    @Test func `a client that asks for more lists than may wait gets no more`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send(String(repeating: "/help\n", count: 3_000))
        let lines = try await ana.barrier()
        let lists = lines.filter { $0 == "servidor: [ok] \(ChatCommand.allCases.count)" }.count
        let refused = lines.filter { $0.hasPrefix("servidor: [rate-limited] ") }.count
        #expect(lists > 50 && lists + refused == 3_000)
    }

    /// Says numbered lines of about 8 KiB, twenty at a time, as fast as somebody reads.
    private func say(
        _ count: Int, from first: Int = 0, by port: Port, while reader: ChatClient
    ) async throws {
        let text = String(repeating: "x", count: 8_000)
        for start in stride(from: first, to: first + count, by: 20) {
            let numbers = start..<start + 20
            try await port.publish(numbers.map { Draft("\($0) \(text)", from: "eco") })
            while let line = try await reader.line() {
                if line.hasPrefix("eco (otro): \(start + 19) ") { break }
            }
        }
    }
}
