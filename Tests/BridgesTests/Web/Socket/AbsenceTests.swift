import JSON
import MessageBus
import TestSupport
import Testing

@testable import WebBridge

/// The time for which somebody is still there after their pages are gone.
@Suite(.timeLimit(.minutes(10))) struct AbsenceTests {
    /// Closes a client as a browser whose network is gone, and waits until the server knows.
    private func lose(_ client: SocketClient, _ host: WebHost) async throws {
        try client.send(8, [3, 232])
        _ = try await client.rest()
        client.socket.close()
        await host.test.settle()
    }

    @Test func `the same session on two sockets is one person`() async throws {
        let host = try await WebHost()
        let eve = try await host.chat("eve")
        let first = try await host.client("ana")
        let second = try await host.client("ana")
        try await first.until("ana joins general")
        try second.say("hi", id: "1")
        try await first.until("ana: hi")
        #expect(try await second.until("ana: hi") == ["ana: hi"])
        #expect(try await eve.barrier() == ["ana joined the chat.", "ana: hi"])
        try await lose(first, host)
        await host.pass(seconds: 25)
        #expect(try await eve.barrier() == [])
        try second.say("still", id: "2")
        try await second.until("ana: still")
        _ = try await eve.barrier()
        try await lose(second, host)
        await host.pass(seconds: 19)
        #expect(try await eve.barrier() == [])
        await host.pass(seconds: 1)
        #expect(try await eve.barrier() == ["ana left the chat."])
    }

    @Test func `who comes back in time was never away`() async throws {
        let host = try await WebHost()
        let eve = try await host.chat("eve")
        let first = try await host.client("ana")
        try await first.until("ana joins general")
        _ = try await eve.barrier()
        try await lose(first, host)
        await host.pass(seconds: 19)
        let again = try await host.client("ana")
        await host.pass(seconds: 19)
        try again.say("hi", id: "1")
        #expect(try await again.until("ana: hi") == ["ana: hi"])
        #expect(try await eve.barrier() == ["ana: hi"])
    }

    @Test(arguments: [(true, 3), (false, 0)])
    func `a goodbye shortens the wait`(soon: Bool, seconds: Int) async throws {
        let host = try await WebHost()
        let eve = try await host.chat("eve")
        let ana = try await host.client("ana")
        try await ana.until("ana joins general")
        _ = try await eve.barrier()
        try ana.send(#"{"type":"bye","soon":\#(soon)}"#)
        #expect(try await ana.rest().code == 1000)
        await host.test.settle()
        if seconds > 0 {
            await host.pass(seconds: seconds - 1)
            #expect(try await eve.barrier() == [])
            await host.pass(seconds: 1)
        }
        #expect(try await eve.barrier() == ["ana left the chat."])
    }

    @Test func `a goodbye counts for its own connection`() async throws {
        let host = try await WebHost()
        let eve = try await host.chat("eve")
        let first = try await host.client("ana")
        let second = try await host.client("ana")
        try await first.until("ana joins general")
        _ = try await eve.barrier()
        try first.send(#"{"type":"bye"}"#)
        #expect(try await first.rest().code == 1000)
        await host.pass(seconds: 5)
        #expect(try await eve.barrier() == [])
        try await lose(second, host)
        await host.pass(seconds: 19)
        #expect(try await eve.barrier() == [])
        await host.pass(seconds: 1)
        #expect(try await eve.barrier() == ["ana left the chat."])
    }

    @Test func `nothing is obeyed behind a goodbye`() async throws {
        let host = try await WebHost()
        let eve = try await host.chat("eve")
        let ana = try await host.client("ana")
        try await ana.until("ana joins general")
        _ = try await eve.barrier()
        let bye = SocketClient.frame(1, Array(#"{"type":"bye"}"#.utf8))
        let say = SocketClient.frame(
            1, Array(#"{"type":"say","room":"general","text":"late","id":"1"}"#.utf8))
        try ana.socket.send(bye + say)
        #expect(try await ana.rest().code == 1000)
        await host.test.settle()
        #expect(try await eve.barrier() == ["ana left the chat."])
    }

    @Test(arguments: [5, 25])
    func `what was whispered to somebody without an account waits for the pages`(
        seconds: Int
    ) async throws {
        let host = try await WebHost()
        let bob = try await host.client("bob")
        let ana = try await host.client("ana")
        try await ana.until("ana joins general")
        try bob.send("whisper", ["to": "ana", "text": "seen", "id": "1"])
        let seen = try await ana.next("whisper")["number"].integer ?? 0
        try await lose(ana, host)
        try bob.send("whisper", ["to": "ana", "text": "missed", "id": "2"])
        try await bob.until("bob → ana: missed")
        await host.pass(seconds: seconds)
        let back = try await host.socket()
        let session = WebHost.session("ana")
        func hello(_ session: String, whispers: Int64) -> String {
            #"{"type":"hello","session":"\#(session)","name":"ana","whispers":\#(whispers)}"#
        }
        try back.send(hello(session, whispers: seen))
        let shown = try await back.until("bob → ana: missed")
        #expect(shown.filter { $0.contains("→") } == ["bob → ana: missed"])
        let page = try await host.socket()
        try page.send(hello(session, whispers: 0))
        try await page.until("bob → ana: seen")
        try await page.until("bob → ana: missed")
        // Nobody else gets them, by whatever name.
        try back.send(#"{"type":"rename","name":"eva"}"#)
        try await back.until("ok rename ok")
        let other = try await host.socket()
        try other.send(hello(WebHost.session("other"), whispers: 0))
        try await other.next("welcome")
        #expect(try await other.barrier().allSatisfy { !$0.contains("→") })
    }

    @Test func `who is sent away is told once on each page, whatever rooms they are in`()
        async throws
    {
        let host = try await WebHost()
        let ana = try await host.client("ana", rooms: #"{"general":null,"otra":null}"#)
        let second = try await host.client("ana", rooms: #"{"general":null}"#)
        try await ana.until("ana joins otra")
        _ = try await second.barrier()
        await host.test.bus.perform { bus in
            _ = bus.kick("ana", reason: "enough")
        }
        for client in [ana, second] {
            let (messages, code) = try await client.rest()
            #expect(messages.filter { $0.hasPrefix("refused") } == ["refused ? forbidden"])
            #expect(code == 1008)
        }
    }

    @Test func `whoever reads too slowly to see a ping is not closed for that`() async throws {
        let host = try await WebHost(store: MemoryStore()) {
            // TCP_USER_TIMEOUT goes by the real clock, and this machine may be busy.
            $0.stalledAfter = .seconds(3_600)
        }
        let bob = try await host.client("bob")
        let slow = try await host.client(nil, receiveBuffer: 4_096)
        let long = String(repeating: "x", count: 3_500)
        for number in 1...1_500 {
            try bob.say("\(number) \(long)", id: "\(number)")
            try await bob.until { $0["id"].string == "\(number)" }
        }
        for _ in 0..<3 {
            await host.pass(seconds: 30)
            _ = try await bob.barrier()
            _ = try await bob.barrier()
        }
        try await slow.until { $0["id"] == "1500" }
    }

    @Test func `who does not answer a ping is closed by the next`() async throws {
        let host = try await WebHost()
        let quiet = try await host.client("ana")
        quiet.answersPings = false
        let alive = try await host.client("bob")
        try await quiet.until("bob joins general")
        for _ in 0..<3 {
            await host.pass(seconds: 30)
            _ = try await alive.barrier()
            _ = try await alive.barrier()
        }
        #expect(alive.pings == 3)
        _ = try await quiet.rest()
        #expect(quiet.pings == 1)
    }
}
