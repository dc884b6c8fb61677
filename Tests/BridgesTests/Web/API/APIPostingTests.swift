import Chat
import JSON
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import WebBridge

/// Messages that programs post by HTTP.
@Suite(.timeLimit(.minutes(10))) struct APIPostingTests {
    private static let path = "/api/rooms/general/messages"
    private static let bearer = "Authorization: Bearer 0123456789abcdef"

    private func host(
        store: any MessageStore = VolatileStore(), accounts: FakeAccounts? = nil,
        middlewares: [any Middleware] = [], direction: Direction = .both
    ) async throws -> WebHost {
        try await WebHost(
            direction: direction, middlewares: middlewares, store: store, accounts: accounts
        ) {
            $0.tokens = ["ci": Secret("0123456789abcdef"), "cd": Secret("fedcba9876543210")]
        }
    }

    private func post(
        _ host: WebHost, _ body: String, _ headers: [String] = [bearer], path: String = path
    ) async throws -> HTTPAnswer {
        try await host.ask("POST", path, headers, body: body)
    }

    @Test(arguments: [true, false])
    func `a text is said by the token's name, once by its id`(isStored: Bool) async throws {
        let store = MemoryStore()
        let host = try await host(store: isStored ? store : VolatileStore())
        let ana = try await host.client("ana")
        let first = try await post(host, #"{"text":"built","id":"a"}"#)
        #expect(first.status == 201)
        let message = try await ana.until { $0["type"] == "message" }.last ?? .null
        #expect(message["from"] == "ci (web)" && message["text"] == "built")
        #expect(message["number"] == first.json["number"])
        let number = MessageNumber(rawValue: UInt64(message["number"].integer ?? 0))
        let reader = await host.test.port("reader")
        #expect(try await reader.message(numbered: number)?.isAutomatic == true)
        let again = try await post(host, #"{"text":"built","id":"a"}"#)
        #expect(again.status == 200 && again.json == first.json)
        let key = try await post(host, #"{"text":"built"}"#, [Self.bearer, "Idempotency-Key: a"])
        #expect(key.status == 200 && key.json == first.json)
        let both = try await post(
            host, #"{"text":"built","id":"a"}"#, [Self.bearer, "Idempotency-Key: b"])
        #expect(both.status == 400 && both.code == "bad-arguments")
        // Ids are the token's own.
        let other = try await post(
            host, #"{"text":"built","id":"a"}"#, ["Authorization: Bearer fedcba9876543210"])
        #expect(other.status == 201)
        let named = try await post(host, #"{"text":"hi","as":"Eva"}"#)
        #expect(named.status == 201)
        try await ana.until("Eva (ci): hi")
        try await host.stop()
        guard isStored else { return }
        let next = try await self.host(store: MemoryStore(store.disk))
        let later = try await post(next, #"{"text":"built","id":"a"}"#)
        #expect(later.status == 200 && later.json == first.json)
        try await next.stop()
    }

    @Test func `wrong secrets of an address are looked at so many times`() async throws {
        let host = try await host()
        // Known here, so it goes on later.
        #expect(try await post(host, #"{"text":"one"}"#).status == 201)
        let wrong = ["Authorization: Bearer ffffffffffffffff"]
        for _ in 0..<30 { #expect(try await post(host, #"{"text":"x"}"#, wrong).status == 401) }
        for secret in ["ffffffffffffffff", "fedcba9876543210"] {
            let answer = try await post(
                host, #"{"text":"x"}"#, ["Authorization: Bearer \(secret)"])
            #expect(answer.status == 429 && answer.code == "rate-limited")
            #expect(answer.headers["retry-after"] == "2")
        }
        #expect(try await post(host, #"{"text":"two"}"#).status == 201)
        await host.pass(seconds: 4)
        let right = ["Authorization: Bearer fedcba9876543210"]
        #expect(try await post(host, #"{"text":"x"}"#, right).status == 201)
    }

    @Test func `what is compressed, too long or numbered beyond all is refused`() async throws {
        let host = try await host()
        let coded = try await post(
            host, #"{"text":"x"}"#, [Self.bearer, "Content-Encoding: gzip"])
        #expect(coded.status == 415 && coded.code == "bad-arguments")
        let plain = try await post(
            host, #"{"text":"x"}"#, [Self.bearer, "Content-Encoding: identity"])
        #expect(plain.status == 201)
        let long = String(repeating: "x", count: 4_001)
        let tooLong = try await post(host, #"{"text":"\#(long)"}"#)
        #expect(tooLong.status == 413 && tooLong.code == "too-long")
        let huge = try await post(host, #"{"text":"x","reply":1e400}"#)
        #expect(huge.status == 400 && huge.code == "bad-arguments")
    }

    @Test func `an answer quotes, and one to nothing is 404`() async throws {
        let host = try await host()
        let ana = try await host.client("ana")
        try ana.say("deploy?", id: "1")
        let number = try await ana.until { $0["id"] == "1" }.last?["number"].integer ?? 0
        #expect(try await post(host, #"{"text":"yes","reply":\#(number)}"#).status == 201)
        let answer = try await ana.until { $0["text"] == "yes" }.last ?? .null
        #expect(answer["reply"]["from"] == "ana")
        let unknown = try await post(host, #"{"text":"yes","reply":99999}"#)
        #expect(unknown.status == 404 && unknown.code == "unknown-message")
    }

    @Test func `who may not is told so`() async throws {
        let accounts = FakeAccounts()
        accounts.add(
            Token("web1", key: "web1", created: Timestamp(milliseconds: 0)),
            digest: SHA256.digest(of: "secretofweb1".utf8))
        let host = try await host(accounts: accounts)
        let body = #"{"text":"x"}"#
        let none = try await post(host, body, [])
        #expect(none.status == 401 && none.code == "login-required")
        #expect(none.headers["www-authenticate"] == "Bearer")
        for wrong in ["Bearer wrong", "Basic YTpi", "Bearer", "Bearer 0123456789abcdef x"] {
            let answer = try await post(host, body, ["Authorization: \(wrong)"])
            #expect(answer.status == 401, "\(wrong)")
        }
        #expect(try await post(host, body, ["Authorization: bearer secretofweb1"]).status == 201)
        let unknown = try await post(host, body, path: "/api/rooms/nada/messages")
        #expect(unknown.status == 404 && unknown.code == "unknown-room")
    }

    @Test func `a token's limits hold for reading and posting`() async throws {
        let accounts = FakeAccounts()
        accounts.add(
            Token("other", key: "other", room: "otra", created: Timestamp(milliseconds: 0)),
            digest: SHA256.digest(of: "secretofother".utf8))
        accounts.add(
            Token("ro", key: "ro", isReadOnly: true, created: Timestamp(milliseconds: 0)),
            digest: SHA256.digest(of: "secretofro".utf8))
        let host = try await host(accounts: accounts)
        let (other, reader) = (
            ["Authorization: Bearer secretofother"], ["Authorization: Bearer secretofro"]
        )
        let body = #"{"text":"x"}"#
        #expect(try await post(host, body, other).status == 403)
        #expect(
            try await post(host, body, other, path: "/api/rooms/otra/messages").status == 201)
        #expect(try await post(host, body, reader).status == 403)
        #expect(try await host.ask("GET", Self.path, other).status == 403)
        #expect(try await host.ask("GET", Self.path, reader).status == 200)
        let rooms = try await host.ask("GET", "/api/rooms", other).json.elements
        #expect(rooms.map { $0["name"].string } == ["otra"])
        #expect(try await host.ask("GET", "/api/rooms/general/events", other).status == 403)
    }

    @Test func `what can't be said is refused by its status`() async throws {
        let host = try await host(middlewares: [SpeakingTests.Censor()])
        for body in [
            "", "x", "[]", "{}", #"{"text":1}"#, #"{"text":"x","reply":"1"}"#,
            #"{"text":"x","reply":-1}"#, #"{"text":"x","id":""}"#, #"{"text":"x","id":7}"#,
            #"{"text":"x","as":7}"#,
        ] {
            let answer = try await post(host, body)
            #expect(answer.status == 400 && answer.code == "bad-arguments", "\(body)")
        }
        let name = try await post(host, #"{"text":"x","as":"a:b"}"#)
        #expect(name.status == 400 && name.code == "bad-name")
        let long = try await post(
            host, #"{"text":"\#(String(repeating: "x", count: 65_536))"}"#)
        #expect(long.status == 413 && long.code == "too-long")
        let type = try await post(
            host, #"{"text":"x"}"#, [Self.bearer, "Content-Type: text/plain"])
        #expect(type.status == 415)
        let dropped = try await post(host, #"{"text":"badword","id":"x"}"#)
        #expect(dropped.status == 422 && dropped.code == "dropped")
        #expect(dropped.json["text"] == "no swearing")
        let limited = try await post(host, #"{"text":"toofast","id":"x"}"#)
        #expect(limited.status == 429 && limited.code == "rate-limited")
        #expect(Int(limited.headers["retry-after"] ?? "") ?? 0 > 0)
        let told = try await post(host, #"{"text":"toosoon"}"#)
        #expect(told.status == 429 && told.headers["retry-after"] == "7")
        #expect(try await post(host, #"{"text":"fine","id":"x"}"#).status == 201)
    }

    @Test func `directions hold`() async throws {
        let out = try await host(direction: .out)
        #expect(try await post(out, #"{"text":"x"}"#).status == 403)
        #expect(try await out.ask("GET", Self.path).status == 200)
        let inward = try await host(direction: .in)
        #expect(try await post(inward, #"{"text":"x"}"#).status == 201)
        #expect(try await inward.ask("GET", Self.path, [Self.bearer]).status == 403)
    }

    @Test func `reading needs a token behind a proxy`() async throws {
        let host = try await WebHost { $0.proxies = [] }
        #expect(try await host.ask("GET", "/api/rooms").status == 200)
        let behind = try await WebHost { options in
            options.tokens = ["ci": Secret("0123456789abcdef")]
            options.proxies = AddressRange("127.0.0.1").map { [.addresses($0)] } ?? []
        }
        #expect(try await behind.ask("GET", "/api/rooms").status == 401)
        #expect(try await behind.ask("GET", "/api/rooms", [Self.bearer]).status == 200)
    }
}
