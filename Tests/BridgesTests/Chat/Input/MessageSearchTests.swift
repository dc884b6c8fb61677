import TestSupport
import Testing

@testable import Chat
@testable import MessageBus

/// The search beside a store that lags.
@Suite(.timeLimit(.minutes(10))) struct MessageSearchTests {
    private static let ana = Sender.make()

    private static func publish(
        _ kind: Message.Kind, _ text: String, times count: Int, _ bus: isolated Bus
    ) -> MessageNumber {
        let batch = bus.batch(room: "general", capacity: count, bytes: 0)
        for _ in 0..<count {
            var header = MessageHeader()
            header.kind = kind
            Array(text.utf8).withUnsafeBytes {
                batch.arena.append(header, copying: $0, sender: ana, details: nil)
            }
        }
        bus.publish(batch, in: bus.rooms[0], by: bus.bridges[0])
        return batch.arena.all.last?.number ?? 0
    }

    @Test func `what is not committed is found although notices have pushed it out of the log`()
        async throws
    {
        let store = MemoryStore()
        let test = try TestBus(store: store)
        _ = await test.port("chat")
        let committed = await test.bus.perform { Self.publish(.message, "aguja", times: 1, $0) }
        await test.settle()
        store.hold()
        let numbers = await test.bus.perform { bus in
            let first = Self.publish(.message, "aguja", times: 1, bus)
            for _ in 0..<80 { _ = Self.publish(.join, "", times: 1_000, bus) }
            return [first, Self.publish(.message, "aguja", times: 1, bus)]
        }
        #expect(await test.bus.perform { $0.rooms[0].log.forgottenThrough } > numbers[0])
        #expect(store.committed == committed)
        let words = try #require(SearchWords("aguja"))
        let search = MessageSearch()
        let all = try await search.numbers(with: words, in: "general", of: test.bus, atMost: 9)
        #expect(all == [committed] + numbers)
        let newest = try await search.numbers(with: words, in: "general", of: test.bus, atMost: 2)
        #expect(newest == numbers)
    }
}
