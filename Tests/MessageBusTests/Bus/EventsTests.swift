import TestSupport
import Testing

@testable import MessageBus

/// The events of a room behind a number, and its history.
@Suite(.timeLimit(.minutes(10))) struct EventsTests {
    private static let ana = Sender(name: "ana", key: "ana", bridge: "chat", identity: 1)

    /// Publishes texts, some long, some notices; returns the numbers.
    private static func publish(
        _ count: Int, long: Bool = false, _ random: inout Seeded, _ bus: isolated Bus
    ) -> [MessageNumber] {
        let batch = bus.batch(room: "general", capacity: count, bytes: 0)
        for _ in 0..<count {
            var header = MessageHeader()
            let isNotice = random.chance(20)
            header.kind = isNotice ? .join : .message
            let text = [UInt8](repeating: 0x78, count: isNotice ? 0 : long ? 20_000 : 10)
            text.withUnsafeBytes {
                batch.arena.append(header, copying: $0, sender: ana, details: nil)
            }
        }
        bus.publish(batch, in: bus.rooms[0], by: bus.bridges[0])
        return batch.arena.all.map(\.number)
    }

    @Test(arguments: Seeded.some)
    func `each event comes exactly once, from wherever it is`(seed: UInt64) async throws {
        var random = Seeded(seed)
        var store = MemoryStore()
        var numbers: [MessageNumber] = []
        for _ in 0..<2 {
            let test = try TestBus(store: store)
            _ = await test.port("chat")
            try await test.bus.recall()
            for _ in 0..<12 {
                if random.chance(30) { if store.isHeld { store.release() } else { store.hold() } }
                let (count, isLong) = (Int.random(in: 1...40, using: &random), random.chance(40))
                let box = UncheckedBox(random)
                let (added, next) = await test.bus.perform { bus in
                    var random = box.value
                    return (Self.publish(count, long: isLong, &random, bus), random)
                }
                random = next
                numbers += added
                await test.settle()
                let start = random.chance(20) ? 0 : numbers.randomElement(using: &random) ?? 0
                try await Self.check(test, numbers, after: start, store, &random)
            }
            store.release()
            await test.settle()
            store = MemoryStore(store.disk)
        }
    }

    private static func check(
        _ test: TestBus, _ numbers: [MessageNumber], after start: MessageNumber,
        _ store: MemoryStore,
        _ random: inout Seeded
    ) async throws {
        var (at, seen): (MessageNumber, [MessageNumber]) = (start, [])
        while true {
            let count = Int.random(in: 1...100, using: &random)
            // Where the log has let go of what is not committed, the answer waits for that.
            let isStuck = await test.bus.perform { [at] bus in
                let room = bus.rooms[0]
                return at < room.completeAfter ?? 0 && bus.storedEnd(of: room) <= at
            }
            if isStuck { store.release() }
            let found = try await test.bus.perform { bus in UncheckedBox(bus.rooms[0]) }.events(
                test.bus, after: at, atMost: count)
            #expect(found.missed == 0)
            seen += found.messages.map(\.number)
            at = found.through
            if found.isComplete { break }
        }
        #expect(seen == numbers.filter { $0 > start })
    }

    @Test func `what a store had not kept when the process was killed is lost`() async throws {
        let store = MemoryStore()
        let (kept, lost) = try await Self.publish(to: store)
        // Each process begins after a crash of the one before, and says more than its log holds.
        var disk = store.disk
        for _ in 0..<2 {
            let next = MemoryStore(disk)
            let test = try TestBus(store: next)
            _ = await test.port("chat")
            try await test.bus.recall()
            let room = await test.bus.perform { UncheckedBox($0.rooms[0]) }
            var new: [MessageNumber] = []
            for _ in 0..<2 {
                for number in kept + new { #expect(!(try await room.hasLost(test.bus, number))) }
                for number in lost { #expect(try await room.hasLost(test.bus, number)) }
                new = await test.bus.perform { bus in
                    var random = Seeded(1)
                    return (0..<8).flatMap { _ in Self.publish(40, long: true, &random, bus) }
                }
                await test.settle()
            }
            #expect(await test.bus.perform { $0.rooms[0].completeAfter ?? 0 } > new[0])
            disk = next.disk
        }
    }

    /// Publishes to a store that is killed then; returns what it has kept, and what it has not.
    private static func publish(
        to store: MemoryStore
    ) async throws -> (kept: [MessageNumber], lost: [MessageNumber]) {
        let test = try TestBus(store: store)
        _ = await test.port("chat")
        var results: [[MessageNumber]] = []
        for _ in 0..<2 {
            results.append(
                await test.bus.perform { bus in
                    var random = Seeded(1)
                    return Self.publish(30, &random, bus)
                })
            await test.settle()
            store.hold()
        }
        let room = await test.bus.perform { UncheckedBox($0.rooms[0]) }
        for number in results[0] + results[1] {
            #expect(!(try await room.hasLost(test.bus, number)))
        }
        return (results[0], results[1])
    }

    @Test func `without a store, what the log has let go is counted`() async throws {
        let test = try TestBus()
        _ = await test.port("chat")
        let numbers = await test.bus.perform { bus in
            var random = Seeded(1)
            return (0..<20).flatMap { _ in Self.publish(40, long: true, &random, bus) }
        }
        let room = await test.bus.perform { UncheckedBox($0.rooms[0]) }
        let begin = await test.bus.perform { $0.rooms[0].completeAfter ?? 0 }
        #expect(begin > numbers[0])
        let found = try await room.events(test.bus, after: numbers[0], atMost: 10_000)
        #expect(found.missed == begin - numbers[0])
        #expect(found.messages.map(\.number) == numbers.filter { $0 > begin })
        #expect(found.isComplete)
    }

    @Test func `what was deleted for its age counts as missed`() async throws {
        var disk = MemoryStore.Disk()
        disk.messages = [30, 31].map { .make("x", number: $0) }
        disk.next = 100
        disk.removed = ["general": 20]
        let test = try TestBus(store: MemoryStore(disk))
        try await test.bus.recall()
        let room = await test.bus.perform { UncheckedBox($0.rooms[0]) }
        let found = try await room.events(test.bus, after: 5, atMost: 9)
        #expect(found.missed == 15 && found.messages.map(\.number) == [30, 31])
        let later = try await room.events(test.bus, after: 20, atMost: 9)
        #expect(later.missed == 0 && later.messages.map(\.number) == [30, 31])
        #expect(await test.bus.perform { $0.rooms[0].lastNumber } == 31)
    }

    // MARK: - History

    private static func edit(
        _ text: String, of number: MessageNumber?, number own: MessageNumber
    ) -> Message {
        var message = Message.make(text, kind: .edit, number: own)
        message.details = MessageDetails(corrected: number)
        return message
    }

    @Test(arguments: [false, true])
    func `history has the new texts in the places of the old ones`(isStored: Bool) async throws {
        let messages: [Message] = [
            .make("uno", number: 1), .make("dos", number: 2), Self.edit("UNO", of: 1, number: 3),
            .make("tres", number: 4), Self.edit("U\nN\nO", of: 1, number: 5),
            Self.edit("de quién", of: nil, number: 6), .make("cuatro", number: 7),
        ]
        var disk = MemoryStore.Disk()
        if isStored { disk.messages = messages }
        disk.next = 100
        let test = try TestBus(store: MemoryStore(disk))
        let box = UncheckedBox(messages)
        await test.bus.perform { bus in
            if !isStored { bus.rooms[0].recall(box.value, last: 7) }
        }
        let room = await test.bus.perform { UncheckedBox($0.rooms[0]) }
        let all = try await room.history(test.bus, atMost: 10)
        #expect(all.messages.map(\.text) == ["U\nN\nO", "dos", "tres", "de quién", "cuatro"])
        #expect(all.messages.map(\.number) == [1, 2, 4, 6, 7] && all.isComplete)
        #expect(all.messages[0].hasSeveralLines && !all.messages[1].hasSeveralLines)
        let last = try await room.history(test.bus, atMost: 3)
        #expect(last.messages.map(\.number) == [4, 6, 7] && !last.isComplete)
        let older = try await room.history(test.bus, before: 4, atMost: 3)
        #expect(older.messages.map(\.text) == ["U\nN\nO", "dos"] && older.isComplete)
        let none = try await room.history(test.bus, before: 1, atMost: 3)
        #expect(none.messages.isEmpty && none.isComplete)
    }

    @Test func `an edit by another network says what it corrects`() async throws {
        let test = try TestBus(store: MemoryStore())
        let port = await test.port("telegram")
        let draft = { (text: String, kind: Message.Kind) in
            var draft = Draft(text, from: "eva")
            draft.kind = kind
            draft.origin = Origin(channel: "-1", remoteID: "55")
            draft.isLinked = true
            return draft
        }
        let first = try await port.publish([draft("hola", .message)], checkpoints: [])
        let second = try await port.publish([draft("holá", .edit)], checkpoints: [])
        let corrected = await test.bus.perform { bus in
            bus.rooms[0].log.message(numbered: second[0].number)?.details?.corrected
        }
        #expect(corrected == first[0].number)
        let room = await test.bus.perform { UncheckedBox($0.rooms[0]) }
        let history = try await room.history(test.bus, atMost: 5)
        #expect(history.messages.map(\.text) == ["holá"])
    }
}

extension UncheckedBox<Room> {
    fileprivate func events(
        _ bus: Bus, after number: MessageNumber, atMost count: Int
    ) async throws -> RoomEvents {
        try await bus.events(in: value, after: number, atMost: count)
    }

    fileprivate func hasLost(_ bus: Bus, _ number: MessageNumber) async throws -> Bool {
        try await bus.hasLost(number, of: value)
    }

    fileprivate func history(
        _ bus: Bus, before number: MessageNumber = .max, atMost count: Int
    ) async throws -> RoomHistory {
        try await bus.history(in: value, before: number, atMost: count)
    }
}
