import Chat
import JSON
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import WebBridge

/// A client's hello: the person's identity, and the rooms that they read.
@Suite(.timeLimit(.minutes(10))) struct HelloTests {
    private static let long = String(repeating: "0", count: 22)

    @Test func `without a name one reads the rooms listed and is in none`() async throws {
        let host = try await WebHost()
        let reader = try await host.socket()
        try host.hello(reader, nil)
        let welcome = try await reader.next("welcome")
        #expect(welcome["name"] == .null)
        #expect(welcome["rooms"].elements.map { $0["name"].string } == ["general", "otra"])
        #expect(welcome["rooms"].elements.map { $0["people"].integer } == [0, 0])
        #expect(welcome["accounts"].string == "open")
        #expect(welcome["language"].string == "en")
        #expect(welcome["limits"]["text"].integer == 4_000)
        let ana = try await host.chat("ana")
        try ana.send("hi\n")
        #expect(try await reader.until("ana: hi") == ["ana joins general", "ana: hi"])
        try reader.say("hi", id: "1")
        #expect(
            try await reader.until { $0["type"] == "refused" }.map(\.brief) == [
                "refused 1 need-name"
            ])
    }

    @Test func `with a name one enters the rooms listed, or the default one`() async throws {
        let host = try await WebHost()
        let eve = try await host.client("eve", rooms: #"{"general":null,"otra":null}"#)
        try await eve.until("eve joins otra")
        let ana = try await host.socket()
        try ana.send(#"{"type":"hello","session":"\#(Self.long)","name":"ana"}"#)
        #expect(try await ana.next("welcome")["name"].string == "ana")
        try await ana.until("ana joins general")
        let bob = try await host.client("bob", rooms: #"{"otra":null}"#)
        try await bob.until("bob joins otra")
        try eve.send(#"{"type":"people","room":"general"}"#)
        let general = try await eve.next("people")["people"].elements
        #expect(Set(general.map { $0["name"].string }) == ["eve", "ana"])
        #expect(general.allSatisfy { $0["bridge"] == "web" && $0["account"] == false })
        try eve.send(#"{"type":"people","room":"otra"}"#)
        let other = try await eve.next("people")["people"].elements
        #expect(Set(other.map { $0["name"].string }) == ["eve", "bob"])
    }

    @Test func `an unknown room is refused, and hello may be said again`() async throws {
        let host = try await WebHost()
        let ana = try await host.socket()
        try host.hello(ana, "ana", rooms: #"{"generla":null}"#)
        let refusal = try await ana.next("refused")
        #expect(refusal.brief == "refused hello unknown-room")
        #expect(refusal["text"].string?.contains("general") == true)
        try host.hello(ana, "ana")
        try await ana.until("ana joins general")
    }

    @Test func `a name that can't be had is refused, and another may follow`() async throws {
        let host = try await WebHost()
        let bob = try await host.chat("bob")
        let ana = try await host.socket()
        try host.hello(ana, "a:b", session: Self.long)
        #expect(try await ana.next("refused").brief == "refused hello bad-name")
        try host.hello(ana, "Bob", session: Self.long)
        #expect(try await ana.next("refused").brief == "refused hello name-in-use")
        #expect(try await ana.barrier() == [])
        try host.hello(ana, "ana", session: Self.long)
        #expect(try await ana.next("welcome").brief == "welcome ana")
        #expect(try await bob.barrier() == ["ana joined the chat."])
    }

    @Test func `a reader may take a name by a second hello`() async throws {
        let host = try await WebHost()
        let ana = try await host.client(nil, session: Self.long)
        try host.hello(ana, "ana", session: Self.long)
        #expect(try await ana.until("ana joins general").first == "welcome ana")
        try ana.say("hi", id: "1")
        try await ana.until("ana: hi")
    }

    @Test func `two pages that begin at once with different names are one person`() async throws {
        let host = try await WebHost(store: MemoryStore(), accounts: FakeAccounts())
        let eve = try await host.client(nil, rooms: #"{"general":null,"otra":null}"#)
        let one = try await host.socket()
        let two = try await host.socket()
        try host.hello(one, "ana", session: Self.long, rooms: #"{"general":0}"#)
        try host.hello(two, "bob", session: Self.long, rooms: #"{"otra":0}"#)
        try await one.next("welcome")
        try await two.next("welcome")
        try one.say("one", id: "1")
        try two.say("two", id: "2", in: "otra")
        let said = try await one.until { $0["id"] == "1" }.last ?? .null
        let other = try await two.until { $0["id"] == "2" }.last ?? .null
        try eve.send(#"{"type":"people","room":"general"}"#)
        let general = try await eve.next("people")["people"]
        try eve.send(#"{"type":"people","room":"otra"}"#)
        #expect(try await eve.next("people")["people"] == general)
        #expect(said["from"].string != nil && other["from"].string != nil)
    }

    @Test func `a second hello with another session is closed with 1008`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        try host.hello(ana, "ana", session: HelloTests.long)
        #expect(try await ana.rest().code == 1008)
    }

    @Test func `nothing is obeyed before hello`() async throws {
        let host = try await WebHost()
        let ana = try await host.socket()
        try ana.say("hi", id: "1")
        try ana.send(#"{"type":"enter","room":"general"}"#)
        #expect(
            try await ana.barrier() == [
                "refused 1 bad-arguments", "refused enter bad-arguments",
            ])
    }

    @Test func `junk is refused and the connection stays`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        try await ana.until("ana joins general")
        for junk in ["", "[]", "null", "{\"type\":7}", "{\"type\":\"shout\",\"id\":\"x\"}"] {
            try ana.send(junk)
        }
        try ana.send(#"{"type":"say","room":"general","id":"y"}"#)
        #expect(
            try await ana.barrier()
                == Array(repeating: "refused ? bad-arguments", count: 4)
                + ["refused x bad-arguments", "refused y bad-arguments"])
        try ana.say("hi", id: "1")
        try await ana.until("ana: hi")
    }

    @Test func `without the subprotocol the handshake is refused`() async throws {
        let host = try await WebHost()
        for headers in [["X: y"], ["Sec-WebSocket-Protocol: chat"]] {
            let client = try SocketClient(port: host.port)
            #expect(try await client.handshake(headers).hasPrefix("HTTP/1.1 400"))
        }
        let foreign = try SocketClient(port: host.port)
        let head = try await foreign.handshake([
            "Sec-WebSocket-Protocol: puente.1", "Origin: https://evil.example",
        ])
        #expect(head.hasPrefix("HTTP/1.1 403"))
        let own = try SocketClient(port: host.port)
        let answer = try await own.handshake([
            "Sec-WebSocket-Protocol: puente.1", "Origin: http://localhost",
        ])
        #expect(answer.hasPrefix("HTTP/1.1 101"))
        let proxied = try await WebHost { options in
            options.proxies = AddressRange("127.0.0.1").map { [.addresses($0)] } ?? []
        }
        for (origin, status) in [("http://localhost", 403), ("https://localhost", 101)] {
            let client = try SocketClient(port: proxied.port)
            let answer = try await client.handshake([
                "Sec-WebSocket-Protocol: puente.1", "Origin: \(origin)",
                "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https",
            ])
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
        }
        #expect(answer.lowercased().contains("sec-websocket-protocol: puente.1"))
    }

    @Test func `the language is that of hello`() async throws {
        let host = try await WebHost()
        let ana = try await host.socket()
        try ana.send(
            #"{"type":"hello","session":"\#(Self.long)","name":"ana","language":"es"}"#)
        #expect(try await ana.next("welcome")["language"].string == "es")
        try ana.say("x", id: "1", in: "nada")
        #expect(try await ana.next("refused")["text"].string?.contains("sala") == true)
    }
}
