import Glibc
import MessageBus
import Sockets
import Store
import TestSupport

/// A folder for a test's files, which goes when the test does.
final class StoreFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/puente-store-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
    }

    /// The database.
    var file: String { "\(path)/puente.sqlite" }

    deinit {
        for ending in ["", "-wal", "-shm", ".lock", ".away", ".away-wal", ".away-shm"] {
            unlink(file + ending)
        }
        rmdir(path)
    }
}

extension SQLiteStore {
    /// Makes a store with the clocks standing still, and commits without delay.
    static func make(
        _ file: String, _ options: Options = .quick, log: Log = .silent,
        wall: @escaping @Sendable () -> Int64 = { 1_000_000 }
    ) -> SQLiteStore {
        SQLiteStore(
            file, options, fold: { $0.lowercased() },
            clock: StoreClock(wall: wall, monotonic: { 0 }), log: log,
            startThread: DedicatedThread.start)
    }

    /// Makes a store and opens it.
    static func open(
        _ file: String, _ options: Options = .quick, log: Log = .silent,
        wall: @escaping @Sendable () -> Int64 = { 1_000_000 }
    ) throws -> SQLiteStore {
        let store = make(file, options, log: log, wall: wall)
        try store.open()
        return store
    }

    /// Closes it within the time a test has.
    func close(unused: UInt64? = nil) async { await close(unused: unused, within: .seconds(20)) }

    /// Hands texts over as one turn of the loop does, and returns when they are kept.
    @discardableResult
    func keep(
        _ texts: [String], in room: String = "general", by name: String = "ana",
        from number: UInt64? = nil, time: Int64 = 1_000_000
    ) async throws -> UInt64 {
        let first = number ?? reserve(UInt64(texts.count))
        let messages = texts.enumerated().map { offset, text in
            Message.make(
                text, by: .make(name), room: room, number: first + UInt64(offset), time: time)
        }
        take(Batch.make(messages), isOwed: false)
        let commit = take(SourceProgress(bridge: "test", checkpoints: []))
        endTurn()
        try await commit.wait()
        return first
    }
}

extension SQLiteStore.Options {
    /// Commits at once.
    static var quick: Self {
        var options = Self()
        options.delay = .zero
        return options
    }
}

extension SQLiteStore {
    /// All that is kept of a room, read as far as it goes each time.
    func all(in room: String = "general") async throws -> [Message] {
        var found: [Message] = []
        while true {
            let next = try await messages(
                in: room, after: found.last?.number ?? 0, through: .max, atMost: 500)
            found += next.messages
            if next.isComplete { return found }
        }
    }
}
