import JSON
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import WebBridge

/// Commands of moderators and admins, given on the page.
@Suite(.timeLimit(.minutes(10))) struct CommandTests {
    /// A host with two accounts, and a page of the one that moderates.
    private func host(
        _ role: Role, _ change: (inout Web.Options) -> Void = { _ in }
    ) async throws -> (WebHost, SocketClient) {
        let accounts = FakeAccounts([("mara", "secreto1"), ("bob", "secreto1")])
        accounts.give(role, to: "mara")
        let host = try await WebHost(accounts: accounts, change)
        return (host, try await page(of: "mara", on: host))
    }

    /// A page that is logged in.
    private func page(
        of name: String, session: String? = nil, on host: WebHost
    ) async throws -> SocketClient {
        let page = try await host.socket()
        let session = WebHost.session(session ?? name)
        try page.send(
            #"{"type":"hello","session":"\#(session)","name":"\#(name)","password":"secreto1"}"#)
        try await page.next("welcome")
        return page
    }

    private func command(_ line: String, _ client: SocketClient) async throws -> JSON {
        try client.send("command", ["line": .text(line), "room": "general"])
        return try await client.until { $0["of"] == "command" }.last ?? .null
    }

    @Test func `moderators send away, mute and ban, and what is not theirs is refused`()
        async throws
    {
        let (host, mara) = try await host(.moderator)
        let ana = try await host.client("ana")
        let eve = try await host.client("eve")
        #expect(try await command("mute eve 10m", mara).brief == "ok command ok")
        try eve.say("hello", id: "1")
        #expect(try await eve.next("refused").brief == "refused 1 forbidden")
        #expect(try await command("bans", mara)["text"].string?.contains("eve: muted") == true)
        #expect(try await command("unmute eve", mara).brief == "ok command ok")
        #expect(try await command("kick ana too loud", mara).brief == "ok command ok")
        let (messages, code) = try await ana.rest()
        #expect(messages.last == "refused ? forbidden" && code == 1008)
        #expect(try await command("ban eve spam", mara).brief == "ok command ok")
        #expect(try await eve.rest().code == 1008)
        #expect(try await command("kick mara", mara).brief == "refused command forbidden")
        #expect(try await command("kick nobody", mara).brief == "refused command unknown-user")
        #expect(try await command("announce hi", mara).brief == "refused command forbidden")
        for line in ["nick x", "foo", ""] {
            #expect(try await command(line, mara).brief == "refused command unknown-command")
        }
    }

    @Test(arguments: ["198.51.100.7", "198.51.0.0/16"])
    func `a proxy of the page can't be kept out`(address: String) async throws {
        let (_, mara) = try await host(.admin) { options in
            options.proxies = AddressRange("198.51.100.7").map { [.addresses($0)] } ?? []
        }
        #expect(try await command("ban \(address)", mara).brief == "refused command forbidden")
    }

    @Test(arguments: [false, true])
    func `whoever is logged in and in no room is sent away`(hasOther: Bool) async throws {
        let (host, mara) = try await host(.moderator)
        let bob = try await page(of: "bob", on: host)
        try bob.send(#"{"type":"leave","room":"general"}"#)
        try await bob.until("ok leave ok")
        // One of the same account that is in a room goes too.
        let other = hasOther ? try await page(of: "bob", session: "other", on: host) : nil
        #expect(try await command("kick bob too loud", mara).brief == "ok command ok")
        for client in [bob, other].compactMap(\.self) {
            let (messages, code) = try await client.rest()
            #expect(messages.last == "refused ? forbidden" && code == 1008)
        }
        #expect(try await command("kick bob", mara).brief == "refused command unknown-user")
    }

    @Test func `a guest in no room is sent away, unless the name is somebody else's by now`()
        async throws
    {
        let (host, mara) = try await host(.moderator)
        let first = try await host.client("eve")
        let left = try await host.client("ana")
        for page in [first, left] {
            try page.send(#"{"type":"leave","room":"general"}"#)
            try await page.until("ok leave ok")
        }
        let second = try await host.client("eve", session: WebHost.session("second"))
        #expect(try await command("kick eve", mara).brief == "ok command ok")
        #expect(try await second.rest().code == 1008)
        _ = try await first.barrier()
        #expect(first.closeCode == nil)
        #expect(try await command("kick ana", mara).brief == "ok command ok")
        #expect(try await left.rest().code == 1008)
    }

    @Test func `whoever only reads is sent away too`() async throws {
        let accounts = FakeAccounts([("mara", "secreto1"), ("bob", "secreto1")])
        accounts.give(.moderator, to: "mara")
        let host = try await WebHost(direction: .out, accounts: accounts)
        let bob = try await page(of: "bob", on: host)
        let mara = try await host.chat("x")
        try mara.send("/login mara secreto1\n")
        _ = try await mara.barrier()
        try mara.send("/kick bob\n")
        #expect(try await mara.barrier().last?.contains("[ok]") == true)
        #expect(try await bob.rest().code == 1008)
    }

    @Test func `admins announce and give roles, others may do nothing`() async throws {
        let (host, mara) = try await host(.admin)
        let ana = try await host.client("ana")
        #expect(try await command("announce tea at five", mara).brief == "ok command ok")
        let heard = try await ana.until { $0["code"] == "announce" }.last ?? .null
        #expect(heard["text"] == "tea at five" && !heard["of"].isPresent)
        #expect(try await command("role bob moderator", mara).brief == "ok command ok")
        #expect(try await command("kick mara", ana).brief == "refused command forbidden")
        let reader = try await host.client(nil)
        #expect(try await command("kick mara", reader).brief == "refused command need-name")
    }

    @Test func `an account is removed with its password, and its pages end`() async throws {
        let (_, mara) = try await host(.member)
        try mara.send(#"{"type":"unregister","password":"wrong123"}"#)
        #expect(try await mara.next("refused").brief == "refused unregister login-failed")
        try mara.send(#"{"type":"unregister","password":"secreto1"}"#)
        let (messages, code) = try await mara.rest()
        #expect(messages.contains("ok unregister ok") && code == 1008)
    }
}
