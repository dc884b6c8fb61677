import Foundation
import TestSupport
import Testing

/// The built program with a telegram bridge, against the test server.
@Suite(.timeLimit(.minutes(10))) struct TelegramProgramTests {
    private static let group: Int64 = -1_001_111_111_111

    private func folder(_ server: BotServer, _ more: String = "") throws -> TestFolder {
        try TestFolder(
            bridges: TestFolder.chat,
            """
            { "type": "telegram", "token": "${env:TOKEN}", "api": "\(server.url)", \(more)
              "chats": { "\(Self.group)": "general" } }
            """)
    }

    @Test func `a group and the chat are one conversation, and the token is nowhere`() async throws
    {
        let server = try BotServer()
        await server.perform { $0.chats[Self.group] = BotChat() }
        let daemon = try folder(server).start(
            "run", environment: ["TOKEN": BotServer.token])
        let client = try ChatClient(port: try await daemon.port())
        try client.send("bob: hola\n")
        #expect(try await client.lines(2) == ["bob joined the chat.", "bob: hola"])
        await server.until { $0.chats[Self.group]?.posts.isEmpty == false }
        #expect(await server.perform { $0.chats[Self.group]?.lines } == ["bob: hola"])
        await server.perform { state in
            state.say("buenas", in: Self.group, ["reply_to_message": ["message_id": 101]])
        }
        #expect(try await client.line() == "Ana (telegram): [↩ bob: hola] buenas")
        let words = try String(
            contentsOfFile: "/proc/\(daemon.identifier)/cmdline", encoding: .utf8)
        #expect(!words.contains(BotServer.token))
        daemon.signal(SIGTERM)
        let (status, output, errors) = try await daemon.result()
        #expect(status == 0)
        #expect((output + errors).filter { $0.contains(BotServer.token) } == [])
        #expect(await server.perform { $0.misbehaviour } == [])
    }

    @Test func `a wrong token ends it with 69 and a sentence, unless it is optional`() async throws
    {
        let server = try BotServer()
        await server.perform { $0.tokenIsRefused = 401 }
        let result = try await folder(server).result(
            "run", environment: ["TOKEN": BotServer.token])
        #expect(result.status == 69)
        #expect(
            result.errors.last
                == "puente: telegram: Telegram knows no bot with this token (401 Unauthorized): check \"token\", which @BotFather gives, and \"api\""
        )
        let daemon = try folder(server, "\"optional\": true,").start(
            "run", environment: ["TOKEN": BotServer.token])
        let client = try ChatClient(port: try await daemon.port())
        try client.send("bob: hola\n")
        #expect(try await client.lines(2) == ["bob joined the chat.", "bob: hola"])
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `a server that is not there stops nothing`() async throws {
        let folder = try TestFolder(
            bridges:
                #"{ "type": "telegram", "token": "${env:TOKEN}", "api": "http://127.0.0.1:1" }"#)
        let daemon = try folder.start("run", environment: ["TOKEN": BotServer.token])
        try await daemon.errors.lines(
            until: "Telegram does not answer: connect: connection refused. Trying again")
        daemon.signal(SIGTERM)
        let (status, _, errors) = try await daemon.result()
        #expect(status == 0)
        #expect(errors.filter { $0.contains(BotServer.token) } == [])
    }

    @Test func `of two tokens that are none neither is a copy`() async throws {
        let bridge = #"{ "type": "telegram", "token": "" }"#
        let folder = try TestFolder(bridges: "\(bridge), \(bridge)")
        let (status, _, errors) = try await folder.result("check")
        #expect(status == 78)
        #expect(errors.count { $0.contains("expected the bot's token as @BotFather gave it") } == 2)
        #expect(!errors.contains { $0.contains("a bot of its own") })
    }

    @Test func `two bots for one chat and room are a problem of the file`() async throws {
        func bot(_ token: String, _ chats: String) -> String {
            """
            { "type": "telegram", "token": "\(token)", "api": "http://127.0.0.1:1",
            "chats": \(chats) }
            """
        }
        let folder = try TestFolder(
            bridges: [
                bot("1:a", #"{ "-100": "general", "-100/7": "general", "-200": "general" }"#),
                bot("1:b", #"{ "-300": "general", "-100/8": "general", "-100/1": "general" }"#),
            ].joined(separator: ",\n"))
        let (status, _, errors) = try await folder.result("check")
        #expect(status == 78)
        #expect(errors.count == 2)
        #expect(
            errors.first?.hasSuffix(
                """
                bridges[1].chats["-100/1"]: expected one bot for a chat and a room, found the chat \
                and room of bridges[0]
                """) == true)
    }

    @Test func `what is wrong with its options is told, but not the token`() async throws {
        let folder = try TestFolder(
            bridges: """
                { "type": "telegram", "token": "12 34", "api": "http://example.org",
                  "outgoingFormat": "{name}", "chats": { "x": "general", "-100": "general",
                  "-100/1": "nope" } },
                { "type": "telegram", "token": "12:a", "api": "http://127.0.0.1:99999",
                  "chats": { "-1": "general" } },
                { "type": "telegram", "token": "12:b", "api": "https://example.org:/x" },
                { "type": "telegram", "token": "12:b", "api": "https://[::1]:443" }
                """)
        let (status, _, errors) = try await folder.result("check")
        #expect(status == 78)
        #expect(
            errors == [
                "bridge.json:2:46: bridges[0].token: expected the bot's token as @BotFather gave it",
                "bridge.json:2:62: bridges[0].api: expected an https address, or http to this machine, found \"http://example.org\"",
                "bridge.json:3:21: bridges[0].outgoingFormat: expected a string with {text}, found \"{name}\"",
                "bridge.json:3:42: bridges[0].chats.x: expected a chat's id like -1001234567890, or id/topic, found \"x\"",
                "bridge.json:4:3: bridges[0].chats[\"-100/1\"]: \"-100/1\" is the same chat as \"-100\"",
                "bridge.json:4:13: bridges[0].chats[\"-100/1\"]: there is no room \"nope\"",
                "bridge.json:5:47: bridges[1].api: expected a port from 1 to 65535 behind the colon, found \"http://127.0.0.1:99999\"",
                "bridge.json:7:1: warning: bridges[2]: there are no chats, so nothing is relayed: write something in a group that the bot is in, and the log says what to write here",
                "bridge.json:7:47: bridges[2].api: expected a port from 1 to 65535 behind the colon, found \"https://example.org:/x\"",
                "bridge.json:8:1: warning: bridges[3]: there are no chats, so nothing is relayed: write something in a group that the bot is in, and the log says what to write here",
                "bridge.json:8:32: bridges[3].token: expected a bot of its own, found the token of bridges[2]",
                "9 problems in bridge.json. Nothing was started.",
            ])
        let manual = try await folder.result("describe", "telegram")
        #expect(manual.status == 0)
        #expect(manual.output.contains { $0.contains("token") && $0.contains("never shown") })
    }
}
