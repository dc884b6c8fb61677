import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    /// The questions that are asked without running the bridge.
    @Suite(.timeLimit(.minutes(10))) struct ConnectionCheckTests {
        private static let group = TelegramHost.group

        /// Checks a bridge of one group, and returns what was found and what was called.
        private func check(
            _ direction: Direction = .both,
            _ change: @escaping @Sendable (BotServerState) -> Void = { _ in }
        ) async throws -> (findings: [ConnectionFinding], calls: Set<String>) {
            let server = try BotServer()
            await server.perform { state in
                state.chats[Self.group] = BotChat()
                state.readsAll = true
                change(state)
            }
            var options = Telegram.Options()
            options.api = server.url
            options.token = Secret(BotServer.token)
            options.chats = [
                "\(Self.group)": RoomName("general"), "\(Self.group)/7": RoomName("general"),
            ]
            let test = try TestBus()
            var context = Context(
                name: "test", language: .en, log: .silent, executor: test.loop,
                files: { _ in RecordedLines() })
            context.direction = direction
            let findings = await Telegram(options, context).checkConnection()
            return (findings, await server.perform { Set($0.calls.keys) })
        }

        @Test func `a bot that reads and writes is found to do so, and nothing is sent`()
            async throws
        {
            let (findings, calls) = try await check()
            #expect(
                findings == [
                    .works("the token is that of @puente_bot"),
                    .works("\(Self.group): @puente_bot reads and may write"),
                ])
            #expect(calls == ["getMe", "getChat", "getChatMember"])
        }

        @Test func `a wrong token is told without it`() async throws {
            let (findings, _) = try await check { $0.tokenIsRefused = 401 }
            guard case .fails(let words)? = findings.first else {
                Issue.record("\(findings)")
                return
            }
            #expect(words.hasPrefix("Telegram knows no bot with this token"))
            #expect(!words.contains(BotServer.token))
        }

        @Test(arguments: [
            ("left", true, true, "@puente_bot is not in it"),
            ("kicked", true, true, "@puente_bot is not in it"),
            ("member", false, true, "@puente_bot may not write there"),
            ("member", true, false, "@puente_bot sees only commands"),
        ])
        func `what is wrong with a group is told, and what to do`(
            status: String, permits: Bool, readsAll: Bool, words: String
        ) async throws {
            let (findings, _) = try await check { state in
                state.chats[Self.group]?.status = status
                state.chats[Self.group]?.permitsTexts = permits
                state.readsAll = readsAll
            }
            #expect(findings.count == 2)
            guard case .fails(let sentence)? = findings.last else {
                Issue.record("\(findings)")
                return
            }
            #expect(sentence.contains(words))
        }

        @Test func `what the direction does not need is not demanded`() async throws {
            let (out, _) = try await check(.out) { $0.readsAll = false }
            #expect(out.last == .works("\(Self.group): @puente_bot may write"))
            let (into, _) = try await check(.in) { $0.chats[Self.group]?.permitsTexts = false }
            #expect(into.last == .works("\(Self.group): @puente_bot reads"))
        }

        @Test func `an admin reads and writes whatever others may`() async throws {
            let (findings, _) = try await check { state in
                state.chats[Self.group]?.status = "administrator"
                state.chats[Self.group]?.permitsTexts = false
                state.readsAll = false
            }
            #expect(findings.last == .works("\(Self.group): @puente_bot reads and may write"))
        }

        @Test func `a group that Telegram does not know is told`() async throws {
            let (findings, _) = try await check { $0.chats = [:] }
            guard case .fails(let words)? = findings.last else {
                Issue.record("\(findings)")
                return
            }
            #expect(words.contains("chat not found"))
        }
    }
}
