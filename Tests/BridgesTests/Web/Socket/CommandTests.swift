import JSON
import MessageBus
import TestSupport
import Testing

/// Commands of moderators and admins, given on the page.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
    /// A host with two accounts, and a page of the one that moderates.
    private func host(_ role: Role) async throws -> (WebHost, SocketClient) {
        let accounts = FakeAccounts([("mara", "secreto1"), ("bob", "secreto2")])
        accounts.give(role, to: "mara")
        let host = try await WebHost(accounts: accounts)
        let mara = try await host.socket()
        let session = WebHost.session("mara")
        try mara.send(
            #"{"type":"hello","session":"\#(session)","name":"mara","password":"secreto1"}"#)
        try await mara.next("welcome")
        return (host, mara)
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
