import JSON
import MessageBus
import TestSupport
import Testing

@testable import WebBridge

/// The ways in which a WebSocket ends.
@Suite(.timeLimit(.minutes(10))) struct EndingTests {
    @Test func `violations are closed with their codes`() async throws {
        let host = try await WebHost()
        let cases: [(UInt8, [UInt8], Bool, Int)] = [
            (2, [1, 2, 3], true, 1003), (1, [0x22, 0xFF, 0x22], true, 1007),
            (1, Array(repeating: 0x20, count: 65_537), true, 1009), (1, [0x7B, 0x7D], false, 1002),
            (3, [], true, 1002), (9, Array(repeating: 0, count: 126), true, 1002),
        ]
        for (index, (opcode, payload, isMasked, code)) in cases.enumerated() {
            let client = try await host.client("n\(index)")
            try await client.until("n\(index) joins general")
            try client.send(opcode, payload, isMasked: isMasked)
            #expect(try await client.rest().code == code, "case \(index)")
        }
    }

    @Test func `64 KiB are taken, and a close is answered`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        try await ana.until("ana joins general")
        let json = Array(#"{"type":"people","room":"general","x":""#.utf8)
        let end = Array("\"}".utf8)
        try ana.send(
            1, json + Array(repeating: 0x78, count: 65_536 - json.count - end.count) + end)
        try await ana.next("people")
        try ana.send(8, [3, 233])
        #expect(try await ana.rest().code == 1001)
    }

    @Test func `when the daemon stops, what is owed comes before 1001`() async throws {
        let host = try await WebHost(store: MemoryStore()) {
            $0.buffer = .kibibytes(64)
            // The kernel goes by the real time, of which a busy machine needs much.
            $0.stalledAfter = .seconds(3_600)
        }
        let ana = try await host.client("ana")
        let slow = try await host.client(nil, receiveBuffer: 4_096)
        let long = String(repeating: "x", count: 3_500)
        for number in 1...300 {
            try ana.say("\(number) \(long)", id: "\(number)")
            try await ana.until { $0["id"].string == "\(number)" }
        }
        try await host.stop {
            let (messages, code) = try await slow.rest()
            #expect(code == 1001)
            #expect(messages.count { $0.hasPrefix("ana: ") } == 300)
            let last = try await ana.rest()
            #expect(last.code == 1001)
        }
    }

    @Test func `nobody is told of a departure when the daemon stops`() async throws {
        let store = MemoryStore()
        let host = try await WebHost(store: store)
        let ana = try await host.client("ana")
        try ana.say("hi", id: "1")
        try await ana.until("ana: hi")
        try await host.stop {
            let (messages, _) = try await ana.rest()
            #expect(messages == [])
        }
        #expect(store.disk.messages.count { $0.kind == .leave } == 0)
    }

    @Test(arguments: ["/kick ana", "/ban ana"])
    func `who is away for a moment can be sent away from all rooms`(command: String) async throws {
        let accounts = FakeAccounts([("mod", "secreto1")])
        accounts.give(.moderator, to: "mod")
        let host = try await WebHost(accounts: accounts)
        let mod = try await host.chat("x")
        try mod.send("/login mod secreto1\n")
        try await mod.barrier()
        let ana = try await host.client("ana", rooms: #"{"general":null,"otra":null}"#)
        try await ana.until("ana joins otra")
        try ana.send(8, [3, 232])
        _ = try await ana.rest()
        ana.socket.close()
        await host.test.settle()
        try mod.send("\(command)\n")
        while let line = try await mod.line(), line != "ana left the chat." {}
        await host.pass(seconds: 30)
        #expect(!(try await mod.barrier()).contains { $0.hasPrefix("ana ") })
    }

    @Test func `who is kicked or banned is closed with 1008`() async throws {
        let accounts = FakeAccounts([("mod", "secreto1")])
        accounts.give(.moderator, to: "mod")
        let host = try await WebHost(accounts: accounts)
        let mod = try await host.chat("x")
        try mod.send("/login mod secreto1\n")
        try await mod.barrier()
        let ana = try await host.client("ana")
        let other = try await host.client("ana")
        try await ana.until("ana joins general")
        try mod.send("/kick ana rude\n")
        for page in [ana, other] {
            let (messages, code) = try await page.rest()
            #expect(code == 1008)
            #expect(messages.contains("refused ? forbidden"))
        }
        let lines = try await mod.barrier()
        #expect(lines.contains("ana left the chat."))
        let back = try await host.client("ana")
        try await back.until("ana joins general")
        try mod.send("/ban ana\n")
        #expect(try await back.rest().code == 1008)
        let banned = try await host.socket()
        try host.hello(banned, "ana", session: WebHost.session("other"))
        let (messages, code) = try await banned.rest()
        #expect(messages == ["refused hello forbidden"] && code == 1008)
    }
}
