import Glibc
import MessageBus
import Testing
import TestSupport

@testable import Store

/// Random sequences of a bus's calls to a store, with crashes between them, against a model.
@Suite(.timeLimit(.minutes(10))) struct StoreModelTests {
    private let folder = StoreFolder()

    @Test(arguments: Seeded.some)
    func `whatever happens, confirmed messages are there once, and numbers rise`(seed: UInt64)
        async throws
    {
        var random = Seeded(seed)
        var model = StoreModel()
        var file = folder.file
        var folders = [folder]
        for _ in 0..<6 {
            let store = try SQLiteStore.open(file)
            try await model.check(store, file)
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                try await model.act(on: store, using: &random)
            }
            if random.chance(40) {
                await store.close(unused: nil)
                model.settle()
            } else {
                // As after a crash: the files as they are at some moment, perhaps in the middle of
                // a commit.
                let copy = StoreFolder()
                try folders[folders.count - 1].copy(to: copy)
                folders.append(copy)
                file = copy.file
                await store.close(unused: nil)
            }
        }
        let store = try SQLiteStore.open(file)
        try await model.check(store, file)
        await store.close()
    }
}

/// The contents that a store must have.
private struct StoreModel {
    private static let rooms = ["general", "logs"]
    private let reader = DurableReader(.init(bridge: "telegram"), room: "general")
    /// Messages handed over, by number.
    private var said: [MessageNumber: (room: String, text: String)] = [:]
    /// Numbers of messages confirmed as stored.
    private var confirmed: Set<MessageNumber> = []
    /// The highest number ever given.
    private var highest: MessageNumber = 0
    /// The last checkpoint handed over, and the last that was confirmed; each counts the messages
    /// that it covers.
    private var checkpoint = (given: 0, confirmed: 0)
    /// The numbers that came with checkpoints, in order.
    private var covered: [MessageNumber] = []
    private var cursor: MessageNumber = 0

    mutating func act(on store: SQLiteStore, using random: inout Seeded) async throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: say(to: store, using: &random)
        case 5..<8: try await confirm(store, using: &random)
        default:
            guard let last = confirmed.max() else { return }
            let number = MessageNumber.random(in: 1...last, using: &random)
            try await store.advance(
                reader, to: number, links: [Link(number: number, remoteID: "r\(number)")])
            cursor = max(cursor, number)
        }
    }

    /// Stores messages without waiting.
    private mutating func say(to store: SQLiteStore, using random: inout Seeded) {
        let turns = Int.random(in: 1...3, using: &random)
        for _ in 0..<turns { _ = enqueue(Int.random(in: 1...50, using: &random), store, &random) }
        store.endTurn()
    }

    /// Stores messages with a checkpoint, with or without waiting.
    private mutating func confirm(
        _ store: SQLiteStore, using random: inout Seeded
    ) async throws {
        let numbers = enqueue(Int.random(in: 1...20, using: &random), store, &random)
        covered += numbers
        checkpoint.given = covered.count
        let state = Array("\(covered.count)".utf8)
        let commit = store.enqueue(
            BridgeProgress(
                bridge: "tail", checkpoints: [Checkpoint(key: "a.log", state: state)]))
        store.endTurn()
        guard random.chance(60) else { return }
        try await commit.wait()
        // One queue: all earlier messages are stored too.
        settle()
    }

    /// Records that everything handed over is stored.
    mutating func settle() {
        confirmed.formUnion(said.keys)
        checkpoint.confirmed = checkpoint.given
    }

    private mutating func enqueue(
        _ count: Int, _ store: SQLiteStore, _ random: inout Seeded
    ) -> [MessageNumber] {
        let room = Self.rooms.randomElement(using: &random) ?? ""
        let first = store.reserve(count)
        #expect(first > highest)
        highest = first + count - 1
        let messages = (0..<count).map { index in
            let number = first + index
            return Message.make("text \(number)", room: room, number: number)
        }
        for message in messages { said[message.number] = (room, message.text) }
        store.enqueue(Batch.make(messages), isOwed: true)
        return messages.map(\.number)
    }

    /// Compares the contents of a store that was just opened.
    mutating func check(_ store: SQLiteStore, _ file: String) async throws {
        var found: [MessageNumber: (room: String, text: String)] = [:]
        for room in Self.rooms {
            let messages = try await store.all(in: room)
            #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.number < $1.number })
            for message in messages { found[message.number] = (room, message.text) }
        }
        #expect(confirmed.subtracting(found.keys).isEmpty)
        #expect(found.allSatisfy { said[$0.key]?.room == $0.value.room })
        #expect(found.allSatisfy { said[$0.key]?.text == $0.value.text })
        let state = try await store.checkpoints(of: "tail")["a.log"] ?? Array("0".utf8)
        let reached = Int(String(decoding: state, as: UTF8.self)) ?? -1
        #expect(reached >= checkpoint.confirmed)
        // The checkpoint and the messages it covers are there together, or not at all.
        #expect(covered.prefix(reached).allSatisfy { found[$0] != nil })
        #expect(covered.dropFirst(reached).allSatisfy { found[$0] == nil })
        #expect(try await store.cursor(of: reader) ?? 0 >= cursor)
        #expect(store.committed >= highest)
        let database = try Database(file, .read)
        let statement = try Statement(database, "PRAGMA integrity_check")
        #expect(try statement.step() && statement.text(0) == "ok")
        // Lost messages are gone for good: the source brings them again under new numbers.
        covered = Array(covered.prefix(reached))
        checkpoint = (reached, reached)
        said = said.filter { found[$0.key] != nil }
        confirmed = Set(found.keys)
    }
}

extension StoreFolder {
    /// Copies the files as a crash would leave them: the log beside the database last, which only
    /// grows, so that none of it is missing.
    fileprivate func copy(to other: StoreFolder) throws {
        for ending in ["", "-wal", ".lock"] {
            let source = open(file + ending, O_RDONLY)
            if source < 0 { continue }
            let target = open(other.file + ending, O_CREAT | O_WRONLY, 0o600)
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = read(source, &bytes, bytes.count), count > 0 {
                write(target, bytes, count)
            }
            close(target)
            // Not the source: that would drop SQLite's locks in this process.
        }
    }
}
