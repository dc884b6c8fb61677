import JSON
import MessageBus
import TestSupport
import Testing

/// Accounts on the page: logging in, registering, changing passwords.
@Suite(.timeLimit(.minutes(10))) struct AccountsTests {
    @Test func `a registered name needs its password, and the session is remembered`() async throws
    {
        let accounts = FakeAccounts([("ana", "secreto1")])
        let host = try await WebHost(accounts: accounts)
        let page = try await host.socket()
        try host.hello(page, "ana", session: WebHost.session("s"))
        #expect(try await page.next("refused").brief == "refused hello login-required")
        let session = WebHost.session("s")
        func hello(_ password: String) -> String {
            #"{"type":"hello","session":"\#(session)","name":"ana","password":"\#(password)"}"#
        }
        try page.send(hello("wrong123"))
        #expect(try await page.next("refused").brief == "refused hello login-failed")
        try page.send(hello("secreto1"))
        let welcome = try await page.next("welcome")
        #expect(welcome["name"] == "ana" && welcome["role"] == "member")
        try await page.until("ana joins general")
        page.socket.close()
        await host.pass(seconds: 30)
        let back = try await host.client(nil, session: session)
        try await back.until("ana joins general")
        try back.send(#"{"type":"people","room":"general"}"#)
        #expect(try await back.next("people")["people"].elements.first?["account"] == true)
        try back.send(#"{"type":"rename","name":"eva"}"#)
        try await back.until("refused rename forbidden")
        try back.send(#"{"type":"rename","name":"Ana"}"#)
        try await back.until("ok rename ok")
    }

    @Test func `login by its message makes a reader the owner of the name`() async throws {
        let host = try await WebHost(accounts: FakeAccounts([("ana", "secreto1")]))
        let page = try await host.client(nil)
        try page.send(#"{"type":"login","name":"ana","password":"nope1234"}"#)
        try await page.until("refused login login-failed")
        try page.send(#"{"type":"login","name":"ana","password":"secreto1"}"#)
        let all = try await page.until { $0["type"] == "join" }.map(\.brief)
        #expect(Set(all) == ["ok login ok", "welcome ana", "ana joins general"])
    }

    @Test func `an account that speaks for others whispers nothing`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1")])
        let host = try await WebHost(accounts: accounts)
        let account = try #require(accounts.account(named: "ana"))
        accounts.setRole(.relay, of: account.id) { _ in }
        let bob = try await host.client("bob")
        let ana = try await host.client(nil)
        try ana.send(#"{"type":"login","name":"ana","password":"secreto1"}"#)
        try await ana.until("welcome ana")
        try ana.send("whisper", ["to": "bob", "text": "psst", "id": "w"])
        try await ana.until("refused w forbidden")
        try ana.say("hola", id: "t")
        #expect(try await bob.until("ana: hola").allSatisfy { !$0.contains("psst") })
    }

    @Test func `a name is registered, and its password changed`() async throws {
        let accounts = FakeAccounts()
        let host = try await WebHost(accounts: accounts)
        let page = try await host.client("ana")
        try page.send(#"{"type":"register","name":"ana","password":"short"}"#)
        try await page.until("refused register bad-arguments")
        try page.send(#"{"type":"register","name":"ana","password":"secreto1"}"#)
        try await page.until("ok register ok")
        try await page.until("welcome ana")
        try page.send(#"{"type":"register","name":"ana","password":"secreto1"}"#)
        try await page.until("refused register forbidden")
        try page.send(#"{"type":"password","password":"wrong123","new":"secreto2"}"#)
        try await page.until("refused password login-failed")
        let other = try await host.socket()
        try other.send(
            """
            {"type":"hello","session":"\(WebHost.session("other"))","name":"ana",\
            "password":"secreto1"}
            """)
        try await other.until("welcome ana")
        try page.send(#"{"type":"password","password":"secreto1","new":"secreto2"}"#)
        try await page.until("ok password ok")
        #expect(try await other.rest().code == 1008)
        try page.say("still here", id: "1")
        try await page.until("ana: still here")
    }

    @Test func `one account on two bridges is one person`() async throws {
        let host = try await WebHost(accounts: FakeAccounts([("ana", "secreto1")]))
        let chat = try await host.chat("x")
        try chat.send("/login ana secreto1\n")
        try await chat.barrier()
        let page = try await host.socket()
        try page.send(
            """
            {"type":"hello","session":"\(WebHost.session("s"))","name":"ana",\
            "password":"secreto1"}
            """)
        try await page.until("welcome ana")
        try page.say("hi", id: "1")
        #expect(try await page.until("ana: hi") == ["ana: hi"])
        #expect(try await chat.barrier() == ["ana: hi"])
    }

    @Test func `where accounts are required nothing comes before a login`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1")], isLoginRequired: true)
        let host = try await WebHost(accounts: accounts)
        let page = try await host.socket()
        try host.hello(page, nil, session: WebHost.session("s"))
        #expect(try await page.next("refused").brief == "refused hello login-required")
        try host.hello(page, "bob", session: WebHost.session("s"))
        #expect(try await page.next("refused").brief == "refused hello login-required")
        for request in [
            #"{"type":"people","room":"general"}"#, #"{"type":"search","words":"a"}"#,
            #"{"type":"history","room":"general","count":5}"#,
            #"{"type":"enter","room":"general"}"#, #"{"type":"delete","number":1}"#,
            #"{"type":"rename","name":"bob"}"#, #"{"type":"seen","room":"general","number":1}"#,
        ] {
            try page.send(request)
            #expect(try await page.next("refused")["code"] == "login-required", "\(request)")
        }
        try page.say("hi", id: "1")
        #expect(try await page.next("refused").brief == "refused 1 login-required")
        #expect(try await host.ask("GET", "/api/rooms").status == 401)
        #expect(try await host.ask("GET", "/").status == 200)
        #expect(try await host.ask("GET", "/api/openapi.json").status == 200)
        try page.send(
            """
            {"type":"hello","session":"\(WebHost.session("s"))","name":"ana",\
            "password":"secreto1"}
            """)
        let welcome = try await page.next("welcome")
        #expect(welcome["name"] == "ana" && welcome["accounts"] == "required")
    }

    @Test func `how far somebody has read is known on every device`() async throws {
        let host = try await WebHost(accounts: FakeAccounts([("ana", "secreto1")]))
        func page(_ session: String) async throws -> (SocketClient, JSON) {
            let page = try await host.socket()
            try page.send(
                """
                {"type":"hello","session":"\(WebHost.session(session))","name":"ana",\
                "password":"secreto1"}
                """)
            return (page, try await page.next("welcome"))
        }
        let (first, _) = try await page("one")
        try first.say("hi", id: "1")
        try await first.until("ana: hi")
        try first.send(#"{"type":"seen","room":"general","number":2}"#)
        try await first.until("ok seen ok")
        let (_, welcome) = try await page("two")
        #expect(welcome["rooms"].elements.first?["seen"].integer == 2)
    }

    @Test func `private messages of a day follow the last one seen`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1"), ("bob", "secreto1")])
        let host = try await WebHost(accounts: accounts)
        func page(_ name: String, whispers: String) async throws -> SocketClient {
            let page = try await host.socket()
            try page.send(
                """
                {"type":"hello","session":"\(WebHost.session(name))","name":"\(name)",\
                "password":"secreto1","whispers":\(whispers)}
                """)
            try await page.next("welcome")
            return page
        }
        let ana = try await page("ana", whispers: "null")
        let bob = try await page("bob", whispers: "null")
        try ana.send("whisper", ["to": "bob", "text": "one", "id": "1"])
        let first = try await bob.until { $0["type"] == "whisper" }.last?["number"].integer
        try ana.send("whisper", ["to": "bob", "text": "two", "id": "2"])
        try await bob.until("ana → bob: two")
        try bob.send(#"{"type":"bye"}"#)
        _ = try await bob.rest()
        await host.test.settle()
        try ana.send("whisper", ["to": "bob", "text": "left", "id": "3"])
        try await ana.until("ana → bob: left")
        let back = try await page("bob", whispers: "\(first ?? 0)")
        let all = try await back.until("ana → bob: left")
        #expect(all.filter { $0.contains("→") } == ["ana → bob: two", "ana → bob: left"])
        try back.send(#"{"type":"history","with":"ana","count":2}"#)
        let history = try await back.next("history")
        #expect(history["with"] == "ana" && history["isComplete"] == false)
        #expect(history["messages"].elements.map { $0["text"].string } == ["two", "left"])
    }
}
