import MessageBus
import Locking

/// Keeps messages, cursors, checkpoints and links in a SQLite file.
///
/// Safe from any thread, but for what the bus hands over: that is confined to the bus's loop.
package final class SQLiteStore: MessageStore, @unchecked Sendable {  // `turn` on the loop only
    /// What may be chosen.
    package struct Options: Sendable {
        /// Bytes that may wait to be kept.
        package var writeQueue = 64 << 20
        /// How long messages are kept; zero: until every durable reader has them.
        package var history = Duration.seconds(90 * 86_400)
        /// The bridges of bridge.json, also those that are off: cursors of others hold nothing
        /// back unless somebody asks for them.
        package var bridges: Set<String> = []
        /// How long a message waits for others to be committed with.
        package var delay = Duration.milliseconds(10)

        /// The usual ones.
        package init() {}
    }

    /// Starts a thread with a name.
    ///
    /// It throws a sentence when the system gives no more threads.
    package typealias StartThread =
        @Sendable (String, @escaping @Sendable () -> Void) throws -> Void

    private let path: String
    private let options: Options
    private let fold: @Sendable (String) -> String
    private let clock: StoreClock
    private let log: Log
    private let startThread: StartThread
    private let writeQueue: WriteQueue
    private let numbers = NumberReserve()
    private let status = StoreStatus()
    private let reader = StoreReader()
    /// Apart from the other: a search of a million messages holds no delivery up.
    private let searcher = StoreReader()
    private let checkpointer = Checkpointer()
    private let unused = Monitor<UInt64?>(nil)
    private let closing = Promise<Int>()
    private let lock = Locked<StoreLock?>(nil)
    private var turn = TurnBuffer()

    /// Makes a store that is not open yet: nothing is touched.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - fold: makes names comparable, as the bus does.
    ///   - startThread: starts one that lives as long as the store.
    package init(
        _ path: String, _ options: Options, fold: @escaping @Sendable (String) -> String,
        clock: StoreClock, log: Log, startThread: @escaping StartThread
    ) {
        self.path = path
        self.options = options
        self.fold = fold
        self.clock = clock
        self.log = log
        self.startThread = startThread
        var limits = WriteQueue.Limits()
        limits.bytes = options.writeQueue
        limits.delay = Int64(options.delay / .nanoseconds(1))
        writeQueue = WriteQueue(limits)
    }

    /// Opens the file, or begins one.
    ///
    /// Once, before anything else. A disk that is full or a file that is locked is no reason to
    /// fail: then its condition is `.fails`.
    ///
    /// - Throws: `StoreError`, if it would not pass by itself.
    package func open() throws(StoreError) {
        let held = try StoreLock(path)
        for remark in held.remarks + [try OwnerOnly(path).folderRemark].compactMap(\.self) {
            log.warning(remark)
        }
        let writer = StoreWriter(
            path, lock: held, writeQueue: writeQueue, numbers: numbers, status: status,
            retention: Retention(
                history: options.history, bridges: options.bridges, start: monotonicNow()),
            checkpointer: checkpointer, log: log, clock: clock)
        try writer.begin()
        lock.withLock { $0 = held }
        try start("store") { [unused, closing, reader, searcher] in
            writer.run()
            // The last connection that closes takes the files beside the database away.
            let left = writer.finish(unused: unused.withLock { $0 }) {
                reader.close()
                searcher.close()
            }
            closing.give(.success(left))
        }
        try start("store checkpoint") { [checkpointer] in checkpointer.run() }
        for (name, reader) in [("store reader", reader), ("store search", searcher)] {
            try start(name) { [path, fold, clock, status] in
                reader.run {
                    StoreReader.Opening(path, generation: { status.generation }) {
                        StoredMessages($0, fold: fold, clock: clock)
                    }
                }
            }
        }
    }

    private func start(
        _ name: String, _ body: @escaping @Sendable () -> Void
    ) throws(StoreError) {
        do {
            try startThread(name, body)
        } catch {
            throw StoreError(path, "\(error)")
        }
    }

    /// Writes what is left and closes the file.
    ///
    /// Nothing is kept after it.
    ///
    /// - Parameters:
    ///   - number: the first number that was not given to anything.
    ///   - limit: how long it may take.
    ///   - sleep: waits for so long.
    package func close(
        unused number: UInt64?, within limit: Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) async {
        unused.withLock { $0 = number }
        writeQueue.close()
        let left = await withTaskGroup(of: Void.self) { [closing, path] group in
            // A child, so that it goes by the executor that this is called on.
            group.addTask {
                do { try await sleep(limit) } catch { return }
                closing.give(.failure(StoreError(path, "it did not close in time")))
            }
            defer { group.cancelAll() }
            return try? await closing.wait()
        }
        guard let left else {
            let (rows, _) = writeQueue.waiting()
            log.error("store: \(path): it did not close in time; up to \(rows) messages are lost")
            return
        }
        lock.withLock { $0 = nil }
        if left > 0 {
            log.error("store: \(path): \(left) message\(left == 1 ? "" : "s") could not be stored")
        }
    }

    // MARK: - Handing over

    /// True.
    package var outlivesProcess: Bool { true }

    /// Reserves numbers; waits only if those reserved ahead are used up.
    package func reserve(_ count: UInt64) -> UInt64 {
        numbers.take(count, ask: writeQueue.wake) { number in
            _ = lock.withLock { $0 }?.reserve(below: number)
        }
    }

    /// Copies what passed, and notes what was dropped or changed.
    package func take(_ batch: Batch, isOwed: Bool) {
        turn.take(
            batch, isKept: isOwed || writeQueue.condition != .failsAndIsFull, pages: writeQueue)
    }

    /// Takes what sources have reached.
    package func take(_ progress: SourceProgress) -> PendingCommit {
        let commit = PendingCommit()
        turn.add(.progress(progress, commit))
        return commit
    }

    /// Hands over what was taken in this turn.
    package func endTurn() {
        guard !turn.isEmpty else { return }
        let lost = turn.lost
        writeQueue.push(turn.finish(), lost: lost)
    }

    // MARK: - How far it is

    /// The number up to which every message taken is kept.
    package var committed: UInt64 { status.committed }
    /// Whether it keeps up.
    package var condition: StoreCondition { writeQueue.condition }
    /// Calls a function on the store's thread when something may have changed.
    package func observe(_ observer: @escaping @Sendable () -> Void) { status.observe(observer) }

    // MARK: - Sources and durable readers

    /// What was last kept of a bridge's sources.
    package func checkpoints(of bridge: String) async throws -> [String: [UInt8]] {
        let answer = Promise<[String: [UInt8]]>()
        writeQueue.push(.checkpoints(bridge, answer))
        return try await answer.wait()
    }

    /// The last message a reader is done with.
    package func cursor(of reader: DurableReader) async throws -> UInt64? {
        let answer = Promise<UInt64?>()
        writeQueue.push(.cursor(reader, answer))
        return try await answer.wait()
    }

    /// Moves a reader's cursor; returns when that is kept.
    package func advance(
        _ reader: DurableReader, to number: UInt64, links: [Link]
    ) async throws {
        let answer = Promise<Void>()
        writeQueue.push(.advance(reader, number, links, answer))
        try await answer.wait()
    }

    /// Notes that a message could not be delivered.
    package func note(
        _ text: String, to number: UInt64, of reader: DurableReader
    ) async throws {
        let answer = Promise<Void>()
        writeQueue.push(.note(text, number, reader, answer))
        try await answer.wait()
    }

    // MARK: - Reading

    /// Messages of a room, the oldest first.
    package func messages(
        in room: String, after number: UInt64, through last: UInt64, atMost count: Int
    ) async throws -> StoredRun {
        try await reader.ask { stored throws(StoreError) in
            try stored.messages(in: room, after: number, through: last, atMost: count)
        }
    }

    /// The last texts of a room that are older than a number.
    package func texts(
        in room: String, before number: UInt64, atMost count: Int
    ) async throws -> [Message] {
        try await reader.ask { stored throws(StoreError) in
            try stored.texts(in: room, before: number, atMost: count)
        }
    }

    /// The numbers of those texts.
    package func textNumbers(
        in room: String, before number: UInt64, atMost count: Int
    ) async throws -> [UInt64] {
        try await reader.ask { stored throws(StoreError) in
            try stored.textNumbers(in: room, before: number, atMost: count)
        }
    }

    /// The newest texts of a room that hold all the words.
    package func search(
        _ words: SearchWords, in room: String, atMost count: Int
    ) async throws -> [Message] {
        try await find { opening throws(StoreError) in
            try opening.search(words, in: room, atMost: count)
        }
    }

    /// The numbers of those texts, rising.
    package func numbers(
        with words: SearchWords, in room: String, atMost count: Int
    ) async throws -> [UInt64] {
        try await find { opening throws(StoreError) in
            try opening.numbers(with: words, in: room, atMost: count)
        }
    }

    private func find<Value: Sendable>(
        _ question: @escaping @Sendable (StoreReader.Opening) throws(StoreError) -> Value
    ) async throws -> Value {
        do {
            return try await searcher.ask(opening: question)
        } catch let error as StoreError where error.isIndexDamaged {
            status.noteDamage(true)
            writeQueue.wake()
            throw error
        }
    }

    /// A message by its number.
    package func message(numbered number: UInt64) async throws -> Message? {
        try await reader.ask { stored throws(StoreError) in try stored.message(numbered: number) }
    }

    /// Messages by their numbers, which rise.
    package func messages(numbered numbers: [UInt64]) async throws -> StoredRun {
        try await reader.ask { stored throws(StoreError) in
            try stored.messages(numbered: numbers)
        }
    }

    /// Which messages are called so on the other side.
    package func numbers(
        of remoteID: String, in channel: DurableReader.Channel
    ) async throws -> [UInt64] {
        try await reader.ask { stored throws(StoreError) in
            try stored.numbers(of: remoteID, in: channel)
        }
    }

    /// What a message is called on the other side.
    package func remoteID(
        of number: UInt64, in channel: DurableReader.Channel
    ) async throws -> String? {
        try await reader.ask { stored throws(StoreError) in
            try stored.remoteID(of: number, in: channel)
        }
    }
}
