import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    @Suite(.timeLimit(.minutes(10))) struct TelegramOutboxTests {
        @Test func `what is said on the bus goes out with the name in front`() async throws {
            let host = try await TelegramHost()
            try await host.other.publish("hola", from: "ana")
            await host.until { $0.chats[TelegramHost.group]?.posts.count == 1 }
            #expect(await host.posts().map(\.text) == ["ana: hola"])
            try await host.stop()
        }

        @Test func `lines that wait are joined, in order, within the pace`() async throws {
            let host = try await TelegramHost()
            let texts = (1...200).map { "line \($0) " + String(repeating: "x", count: 30) }
            try await host.other.publish(texts.map { Draft($0, from: "ana") })
            await host.until { $0.chats[TelegramHost.group]?.lines.count == 200 }
            let posts = await host.posts()
            #expect(posts.flatMap { $0.text.split(separator: "\n") } == texts.map { "ana: \($0)" })
            #expect(posts.count < 5)
            #expect(posts.allSatisfy { $0.text.utf16.count <= 4_096 })
            try await host.stop()
        }
    }
}
