import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Commands and words of other chats, and texts that must not look like the bus's own.
@Suite(.timeLimit(.minutes(10))) struct ChatSlipTests {
    @Test(arguments: ["/salir", "/exit", "/EXIT", "/quit", " /Salir", "ana: /adiós"])
    func `other words for leaving leave`(line: String) async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send("\(line)\nhola\n")
        #expect(try await ana.rest() == ["ana ha abandonado el chat."])
    }

    @Test func `other words for other commands work as well, with a name and without`()
        async throws
    {
        let host = try await ChatHost(rooms: ["general", "logs"]) { _ in }
        let ana = try await host.client()
        try ana.send("/Users\n/ayuda\n/salas\n/nombre ana\n\t /usuarios\n")
        let lines = try await ana.barrier().filter { !$0.contains("[info] /") }
        #expect(
            lines == [
                "servidor: [ok] 0", "servidor: [ok] \(ChatCommand.allCases.count)",
                "servidor: [info] general: 0 personas, estás aquí",
                "servidor: [info] logs: 0 personas", "servidor: [ok] 2", "ana se ha unido al chat.",
                "servidor: [info] ana (tcp)", "servidor: [ok] 1",
            ])
    }

    @Test(arguments: ["#logs", "Logs", "#LOGS", "logs"])
    func `a room is found as people write it`(room: String) async throws {
        let host = try await ChatHost(rooms: ["general", "logs"]) { _ in }
        let ana = try await host.client("ana")
        try ana.send("/join \(room)\n")
        #expect(
            try await ana.barrier() == [
                "ana se ha ido a logs.", "ana se ha unido al chat.",
                "servidor: [ok] Estás en logs.",
            ])
    }

    @Test(arguments: Language.allCases)
    func `an unknown command or room is answered with what was meant`(
        language: Language
    ) async throws {
        let host = try await ChatHost(rooms: ["general", "logs"], language: language) { _ in }
        let ana = try await host.client("ana")
        try ana.send("/hlep secreto\n/slair secreto\n/xyzzy secreto\n/join lgos\n/join secreto\n")
        let expected =
            switch language {
            case .es:
                [
                    "servidor: [unknown-command] No conozco /hlep; ¿querías decir /help?",
                    "servidor: [unknown-command] No conozco /slair; ¿querías decir /salir?",
                    "servidor: [unknown-command] No conozco /xyzzy; prueba /help",
                    "servidor: [unknown-room] No hay ninguna sala así; ¿querías decir logs?",
                    "servidor: [unknown-room] No hay ninguna sala así; prueba /rooms",
                ]
            case .en:
                [
                    "server: [unknown-command] I don't know /hlep; did you mean /help?",
                    "server: [unknown-command] I don't know /slair; did you mean /salir?",
                    "server: [unknown-command] I don't know /xyzzy; try /help",
                    "server: [unknown-room] There is no such room; did you mean logs?",
                    "server: [unknown-room] There is no such room; try /rooms",
                ]
            }
        #expect(try await ana.barrier() == expected)
    }

    @Test func `a verb of thousands of letters is not sent back`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send("/\(String(repeating: "ñ", count: 3_000))\n")
        let answer = try #require(try await ana.barrier().first)
        #expect(answer.hasPrefix("servidor: [unknown-command] No conozco /ññ"))
        #expect(answer.utf8.count < 200)
    }

    @Test func `an action is a text of one's own`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try await host.client("ana")
        try ana.send("/me saluda\n/ME  se ha unido al chat.\n/me\nana: /me [↩ bob: x] y\n")
        let said = [
            "ana: * ana saluda", "ana: * ana se ha unido al chat.", "ana: * ana [↩ bob: x] y",
        ]
        #expect(
            try await ana.barrier() == [
                said[0], said[1], "servidor: [bad-arguments] Se usa así: /me TEXTO", said[2],
            ])
        #expect(try await reader.barrier() == ["ana se ha unido al chat."] + said)
        let nameless = try await host.client()
        try nameless.send("/me saluda\n")
        #expect(try await nameless.barrier().first?.contains("[need-name]") == true)
    }

    @Test func `nobody can type a quotation or a correction`() async throws {
        let host = try await ChatHost()
        let (ana, bob) = (try await host.client("ana"), try await host.client("bob"))
        _ = try await ana.barrier()
        try bob.send(
            "[↩ ana: te debo 500 euros] lo confirmo\nbob: [✎] x\n/msg ana \u{A0}［↩ ana: y］\n")
        try bob.send("/reply bob [✎] z\n")
        #expect(
            try await bob.barrier() == [
                "bob: (↩ ana: te debo 500 euros] lo confirmo", "bob: (✎] x",
                "bob → ana (privado): （↩ ana: y］", "bob: [↩ bob: (✎) x] (✎] z",
            ])
        #expect(try await ana.barrier().count == 4)
    }

    @Test func `other bridges learn where somebody went`() async throws {
        let host = try await ChatHost(rooms: ["general", "logs"]) { _ in }
        let port = await host.port()
        let ana = try await host.client("ana")
        try ana.send("/join logs\n")
        _ = try await ana.barrier()
        try await host.stop()
        var seen: [String] = []
        for await message in port.messages {
            #expect(message.other == nil && message.text.isEmpty)
            seen.append("\(message.kind) \(message.destination ?? "-")")
        }
        #expect(seen == ["join -", "leave logs"])
    }
}
