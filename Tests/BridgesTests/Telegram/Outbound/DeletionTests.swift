import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    /// Messages that are deleted on the bus.
    @Suite(.timeLimit(.minutes(10))) struct DeletionTests {
        private static let group = TelegramHost.group

        private func delete(_ number: MessageNumber, _ host: TelegramHost) async throws {
            let admin = Sender(name: "jefa", key: "jefa", bridge: "chat", identity: 1)
            let result = try await host.test.bus.delete(
                number, by: admin, role: .admin, connection: 0)
            #expect(result == .deleted)
        }

        @Test func `Telegram is asked to delete its copy`() async throws {
            let host = try await TelegramHost()
            let receipt = try await host.other.publish(Draft("hola", from: "ana"))
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            try await delete(receipt.number, host)
            await host.until { $0.chats[Self.group]?.posts.isEmpty == true }
            try await host.stop()
        }

        @Test func `what is deleted while its answer is on the way goes there too`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { $0.slowness = 20_000 }
            let receipt = try await host.other.publish(Draft("hola", from: "ana"))
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            try await delete(receipt.number, host)
            await host.server.perform { $0.slowness = 0 }
            await host.until { $0.chats[Self.group]?.posts.isEmpty == true }
            try await host.stop()
        }

        @Test func `of several that went out as one, the others stay`() async throws {
            let host = try await TelegramHost()
            let receipts = try await host.other.publish(
                ["uno", "dos", "tres"].map { Draft($0, from: "ana") })
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            try await delete(receipts[1].number, host)
            await host.until {
                $0.chats[Self.group]?.posts.map(\.text) == ["ana: uno\nana: tres"]
            }
            try await host.stop()
        }

        @Test func `what is too old to be deleted there loses its text`() async throws {
            let host = try await TelegramHost()
            let receipt = try await host.other.publish(Draft("hola", from: "ana"))
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            await host.server.perform { $0.chats[Self.group]?.keepsOldMessages = true }
            try await delete(receipt.number, host)
            await host.until {
                $0.chats[Self.group]?.posts.map(\.text) == ["[deleted by jefa]"]
            }
            try await host.stop()
        }

        @Test func `what has not gone out never does`() async throws {
            let store = MemoryStore()
            let host = try await TelegramHost { $0.store = store }
            await host.server.perform { $0.chats[Self.group]?.status = "left" }
            let receipts = try await host.other.publish(
                ["uno", "dos"].map { Draft($0, from: "ana") })
            // It has been refused once, so that both wait.
            await host.until { $0.calls["sendMessage"] ?? 0 > 0 }
            await host.step()
            try await delete(receipts[0].number, host)
            await host.server.perform { $0.chats[Self.group]?.status = "member" }
            await host.until(step: .seconds(2)) { $0.chats[Self.group]?.posts.count == 1 }
            #expect(await host.posts().map(\.text) == ["ana: dos"])
            await host.pass(.seconds(5))
            #expect(await host.posts().map(\.text) == ["ana: dos"])
            // No text waits in the store to be sent again.
            let kept = store.disk.checkpoints["telegram"] ?? [:]
            #expect(!kept.keys.contains { $0.hasPrefix("sending") })
            try await host.stop()
        }
    }
}
