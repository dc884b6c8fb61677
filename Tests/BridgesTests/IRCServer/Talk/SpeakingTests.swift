import MessageBus
import TestSupport
import Testing

@testable import IRCServerBridge

/// Texts between clients of IRC and everybody else.
@Suite(.timeLimit(.minutes(10))) struct SpeakingTests {
    @Test func `clients of IRC and of the line protocol talk with each other`() async throws {
        let host = try await IRCHost()
        let chat = try await host.chat("bob")
        let ana = try await host.client("ana")
        try ana.send("PRIVMSG #general :hola", "PRIVMSG #general :\u{1}ACTION se ríe\u{1}")
        try ana.send(
            "PRIVMSG #general :\u{3}04rojo\u{2} y\u{F} nada", "PRIVMSG #general :\u{1}VERSION\u{1}")
        try await ana.barrier()
        try chat.send("buenas\n* bob saluda\n")
        let heard = try await ana.until("\u{1}").withoutNumerics
        #expect(
            heard == [
                ":bob!tcp@tcp PRIVMSG #general :buenas",
                ":bob!tcp@tcp PRIVMSG #general :\u{1}ACTION saluda\u{1}",
            ])
        let read = try await chat.barrier()
        #expect(
            read == [
                "ana joined the chat.", "ana: hola", "ana: * ana se ríe", "ana: rojo y nada",
                "bob: buenas", "bob: * bob saluda",
            ])
        try await host.stop()
    }

    @Test func `one's own lines come back only to those who ask for them`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client("ana")
        let eva = try await host.client("eva", "echo-message message-tags")
        _ = try await ana.barrier()
        try ana.send("PRIVMSG #general :uno")
        #expect(try await ana.barrier() == [])
        try eva.send("PRIVMSG #general :dos")
        let own = try await eva.barrier()
        #expect(own.count == 2)
        #expect(own.last?.hasSuffix(" :eva!eva@irc PRIVMSG #general :dos") == true)
        #expect(try await ana.barrier() == [":eva!eva@irc PRIVMSG #general :dos"])
        try await host.stop()
    }

    @Test func `answers to a label are one line, a batch or an acknowledgement`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client(
            "ana", "echo-message labeled-response batch", in: [])
        try ana.send("@label=1 JOIN #general", "@label=2 PRIVMSG #general :hola", "@label=3 PONG x")
        #expect(
            try await ana.barrier() == [
                "@label=1 :puente.irc BATCH +r1 labeled-response",
                "@batch=r1 :ana!ana@irc JOIN #general",
                "@batch=r1 :puente.irc 353 ana = #general :ana",
                "@batch=r1 :puente.irc 366 ana #general :End of /NAMES list",
                ":puente.irc BATCH -r1", "@label=2 :ana!ana@irc PRIVMSG #general :hola",
                "@label=3 :puente.irc ACK",
            ])
        try await host.stop()
    }

    @Test func `a relay learns what a message has passed, and says it`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client("ana", "message-tags puente/passed")
        let plain = try await host.client("eva", "message-tags")
        let relay = try await host.client("relay", "message-tags puente/passed")
        let own = host.test.bus.instanceID
        try relay.send("@+puente/passed=x1,y2 PRIVMSG #general :uno")
        let read = try #require(try await ana.until(":uno").last)
        #expect(read.split(separator: " ")[0].hasSuffix(";+puente/passed=x1,y2,\(own)"))
        #expect(try await plain.until(":uno").last?.contains("passed") == false)
        try relay.send("@+puente/passed=x1,\(own) PRIVMSG #general :dos")
        #expect(try await relay.until("before").last?.contains(" 404 ") == true)
        try relay.send("PRIVMSG #general :tres")
        #expect(try await ana.until(":tres").contains { $0.hasSuffix(":dos") } == false)
        try await host.stop()
    }

    @Test func `what was relayed twice is automatic`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client("ana")
        let relay = try await host.client("relay")
        try relay.send("PRIVMSG #general :b\u{200B}ob: e\u{200B}va: hola")
        #expect(try await ana.until("hola").last?.contains(" NOTICE ") == true)
        try await host.stop()
    }

    @Test func `an answer is one everywhere`() async throws {
        let host = try await IRCHost()
        let chat = try await host.chat("bob")
        let ana = try await host.client("ana", "message-tags")
        let old = try await host.client("old")
        try chat.send("¿vienes?\n")
        let question = try #require(try await ana.until("¿vienes?").last)
        let number = try #require(question.split(separator: " ").first?.dropFirst(7))
        try ana.send("@+draft/reply=\(number);+typing=done PRIVMSG #general :voy")
        try ana.send("@+draft/reply=999999 PRIVMSG #general :ya")
        try await ana.barrier()
        #expect(
            try await chat.barrier().suffix(2) == ["ana: [↩ bob: ¿vienes?] voy", "ana: ya"])
        #expect(
            try await old.barrier().suffix(2) == [
                ":ana!ana@irc PRIVMSG #general :[↩ bob: ¿vienes?] voy",
                ":ana!ana@irc PRIVMSG #general :ya",
            ])
        try chat.send("/reply ana vale\n")
        #expect(
            try await ana.until("vale").last?.contains(";+draft/reply=") == true)
        try await host.stop()
    }

    @Test func `a notice is automatic, both ways`() async throws {
        let host = try await IRCHost()
        let port = await host.test.port("bot")
        let ana = try await host.client("ana")
        let eva = try await host.client("eva")
        try ana.send("NOTICE #general :pitido")
        try await ana.barrier()
        #expect(try await eva.barrier().last == ":ana!ana@irc NOTICE #general :pitido")
        var draft = Draft("bip", from: "robot")
        draft.isAutomatic = true
        try await port.publish(draft)
        #expect(
            try await eva.until("bip").last == ":robot/bot!bot@bot NOTICE #general :bip")
        try await host.stop()
    }

    @Test func `a long text comes in pieces, or as a batch`() async throws {
        let host = try await IRCHost()
        let plain = try await host.client("plain")
        let lines = try await host.client("lines", "batch draft/multiline message-tags")
        let chat = try await host.chat("bob")
        let long = String(repeating: "ñandú ", count: 200)
        try chat.send("\(long)fin\n")
        let pieces = try await plain.until("fin").withoutNumerics.dropFirst(2)
        #expect(pieces.count == 4)
        #expect(pieces.allSatisfy { $0.utf8.count <= 510 })
        let start = ":bob!tcp@tcp PRIVMSG #general :"
        #expect(pieces.map { $0.dropFirst(start.count) }.joined() == "\(long)fin")
        let number = await host.lastNumber
        let batch = try await lines.until("BATCH -m\(number)").dropFirst(1)
        #expect(
            batch.first?.contains("BATCH +m\(number) draft/multiline #general") == true)
        #expect(
            batch.dropFirst(2).dropLast().allSatisfy { $0.contains(";draft/multiline-concat ") })
        try await host.stop()
    }

    @Test func `several lines of a client are one message`() async throws {
        let host = try await IRCHost()
        let chat = try await host.chat("bob")
        let ana = try await host.client("ana", "batch draft/multiline message-tags")
        let eva = try await host.client("eva")
        try ana.send("BATCH +1 draft/multiline #general", "@batch=1 PRIVMSG #general :uno")
        try ana.send(
            "@batch=1 PRIVMSG #general :dos",
            "@batch=1;draft/multiline-concat PRIVMSG #general : y medio")
        try ana.send("BATCH -1", "BATCH +2 draft/multiline #general", "@batch=2 PRIVMSG #otra :x")
        #expect(
            try await ana.barrier().last?.hasPrefix(":puente.irc FAIL BATCH MULTILINE_INVALID")
                == true)
        #expect(
            try await chat.barrier().suffix(2) == ["ana: uno", "ana: dos y medio"])
        #expect(
            try await eva.barrier().suffix(3) == [
                ":ana!ana@irc PRIVMSG #general :uno", ":ana!ana@irc PRIVMSG #general :dos",
                ":ana!ana@irc PRIVMSG #general : y medio",
            ])
        try await host.stop()
    }

    @Test func `what is dropped is told, and nothing answers a notice`() async throws {
        let host = try await IRCHost(middlewares: [NoCasino()])
        let ana = try await host.client("ana")
        try ana.send("PRIVMSG #general :casino", "NOTICE #general :casino", "PRIVMSG #nada :x")
        try ana.send(
            "PRIVMSG #otra :x", "PRIVMSG #general :",
            "PRIVMSG #general :\(String(repeating: "a", count: 490))")
        #expect(
            try await ana.barrier() == [
                ":puente.irc 404 ana #general :[dropped] no gambling",
                ":puente.irc 403 ana #nada :No such channel",
                ":puente.irc 404 ana #otra :[forbidden] You're not on that channel",
                ":puente.irc 412 ana :No text to send", ":puente.irc 417 ana :The line is too long",
            ])
        try await host.stop()
    }
}

private struct NoCasino: Middleware {
    func handle(_ message: inout Message) -> Verdict {
        message.body.contains("casino") ? .drop("no gambling") : .pass
    }
}
