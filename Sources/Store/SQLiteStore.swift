import Locking
import MessageBus
import TimeUnits

/// The store in a SQLite file: messages, cursors, checkpoints and links.
///
/// Safe from any thread, except `reserve`, `enqueue` and `endTurn`, which are confined to the bus's
/// loop, which `Bus` checks.
package final class SQLiteStore: MessageStore, @unchecked Sendable {  // `turnBuffer` is the loop's
    /// The settings of a store.
    package struct Options: Sendable {
        /// Bytes that may wait to be written.
        package var backlog: Int
        /// Time that messages are kept; zero: until every durable reader has them.
        package var history: Duration
        /// Bridges of bridge.json, also those that are off: cursors of other bridges protect no
        /// messages unless they are in use.
        package var bridges: Set<String> = []
        /// Time that a message waits for others to be committed with.
        package var delay = Duration.milliseconds(10)

        /// Makes settings.
        package init(backlog: Int, history: Duration) {
            self.backlog = backlog
            self.history = history
        }
    }

    /// A function that starts a named thread.
    ///
    /// It throws a sentence if the system gives no more threads.
    package typealias StartThread =
        @Sendable (String, @escaping @Sendable () -> Void) throws -> Void

    /// The order in which this and other connections of this process write the file.
    package let beginLock = BeginLock()
    package let path: String
    private let options: Options
    private let fold: @Sendable (String) -> String
    private let clock: any TimeSource
    private let log: Log
    private let startThread: StartThread
    private let writeQueue: WriteQueue
    private let numbers = NumberReserve()
    private let status = StoreStatus()
    private let reader = StoreReader()
    /// A separate reader: a search of a million messages delays no delivery.
    private let searcher = StoreReader()
    private let checkpointer = Checkpointer()
    private let unused = Monitor<MessageNumber?>(nil)
    private let closing = Promise<Int>()
    private let lock = Locked<StoreLock?>(nil)
    private var turnBuffer = TurnBuffer()

    /// Makes a store that is not open yet; no file is touched.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - fold: makes names comparable, as the bus does.
    ///   - startThread: starts a thread that lives as long as the store.
    package init(
        _ path: String, _ options: Options, fold: @escaping @Sendable (String) -> String,
        clock: any TimeSource, log: Log, startThread: @escaping StartThread
    ) {
        self.path = path
        self.options = options
        self.fold = fold
        self.clock = clock
        self.log = log
        self.startThread = startThread
        var limits = WriteQueue.Limits()
        limits.bytes = options.backlog
        limits.delay = options.delay
        writeQueue = WriteQueue(limits)
    }

    /// Opens or creates the file.
    ///
    /// Must be called once, before anything else. A full disk or a locked file is not an error
    /// here: the condition is `.fails` then.
    ///
    /// - Throws: `StoreError` for a problem that does not pass by itself.
    package func open() throws(StoreError) {
        let acquired = try StoreLock(path)
        for remark in acquired.remarks + [try OwnerOnly(path).folderRemark].compactMap(\.self) {
            log.warning(remark)
        }
        let writer = StoreWriter(
            path, lock: acquired, writeQueue: writeQueue, numbers: numbers, status: status,
            retention: Retention(
                history: options.history, bridges: options.bridges, start: KernelClock.monotonic),
            checkpointer: checkpointer, beginLock: beginLock, log: log, clock: clock)
        try writer.open()
        lock.withLock { $0 = acquired }
        try start("store") { [unused, closing, reader, searcher] in
            writer.run()
            // The last connection to close removes the files beside the database.
            let left = writer.finish(unused: unused.withLock { $0 }) {
                reader.close()
                searcher.close()
            }
            closing.fulfill(.success(left))
        }
        try start("store checkpoint") { [checkpointer] in checkpointer.run() }
        for (name, reader) in [("store reader", reader), ("store search", searcher)] {
            try start(name) { [path, fold, clock, status] in
                reader.run {
                    StoreReader.ReadConnection(path, generation: { status.generation }) {
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

    /// Writes all that waits and closes the file.
    ///
    /// Nothing is stored after it.
    ///
    /// - Parameters:
    ///   - number: the first number that was not given to a message.
    ///   - limit: the longest time that may pass without anything being written.
    ///   - sleep: waits for a duration.
    ///   - onProgress: called each time that `limit` has passed and less waits than before, with
    ///     the number of messages that still wait.
    /// - Returns: how many messages are lost; those under way at `limit` may be kept all the same.
    @discardableResult
    package func close(
        unused number: MessageNumber?, within limit: Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        },
        onProgress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async -> Int {
        unused.withLock { $0 = number }
        writeQueue.close()
        let left = await withTaskGroup(of: Void.self) { [closing, path, writeQueue] group in
            // A child task, so that it runs on the caller's executor.
            group.addTask {
                var waiting = writeQueue.waiting.rows
                while true {
                    do { try await sleep(limit) } catch { return }
                    let before = waiting
                    waiting = writeQueue.waiting.rows
                    if waiting >= before { break }
                    onProgress(waiting)
                }
                closing.fulfill(.failure(StoreError(path, "it did not close in time")))
            }
            defer { group.cancelAll() }
            return try? await closing.wait()
        }
        guard let left else {
            let rows = writeQueue.waiting.rows
            let loss = rows > 0 ? "up to \(Self.messages(rows)) are lost" : "nothing is lost"
            log.error("store: \(path): it did not close in time; \(loss)")
            return rows
        }
        lock.withLock { $0 = nil }
        if left > 0 { log.error("store: \(path): \(Self.messages(left)) could not be stored") }
        return left
    }

    private static func messages(_ count: Int) -> String {
        count == 1 ? "1 message" : "\(count) messages"
    }

    // MARK: - Handing over

    /// True: the file outlives the process.
    package var outlivesProcess: Bool { true }

    /// Reserves a block of numbers; waits only if those reserved ahead are used up.
    package func reserve(_ count: Int) -> MessageNumber {
        numbers.allocate(count, ask: writeQueue.wake) { number in
            _ = lock.withLock { $0 }?.reserve(below: number)
        }
    }

    /// Copies messages that passed, and records drops and changes.
    package func enqueue(_ batch: Batch, isOwed: Bool) {
        turnBuffer.append(
            batch, isKept: isOwed || writeQueue.condition != .failsAndIsFull, pages: writeQueue)
    }

    /// Takes checkpoints of a bridge.
    package func enqueue(_ progress: BridgeProgress) -> PendingCommit {
        let commit = PendingCommit()
        turnBuffer.append(.progress(progress, commit))
        return commit
    }

    /// Takes the deletion of a message.
    package func enqueue(_ deletion: Deletion) -> PendingCommit {
        let commit = PendingCommit()
        turnBuffer.append(.deletion(deletion, commit))
        return commit
    }

    /// Hands all that was taken in this turn to the store's thread.
    package func endTurn() {
        guard !turnBuffer.isEmpty else { return }
        let lost = turnBuffer.lost
        writeQueue.enqueue(turnBuffer.dequeueBatch(), lost: lost)
    }

    // MARK: - Progress

    /// Number up to which every message taken is stored.
    package var committed: MessageNumber { status.committed }
    /// The numbers up to which messages were deleted for their age since the start, by room.
    package var expired: [String: MessageNumber] { status.expired }
    /// The state of writing: keeping up, lagging or failing.
    package var condition: StoreCondition { writeQueue.condition }
    /// The report of what was written and what waits to be.
    package var report: StoreReport {
        let backlog = writeQueue.backlog(at: KernelClock.monotonic)
        return StoreReport(
            condition: condition, committed: committed, backlogBytes: backlog.bytes,
            age: backlog.age, commits: status.commits)
    }
    /// Sets a function to be called on the store's thread when something may have changed.
    package func observe(_ observer: @escaping @Sendable () -> Void) { status.observe(observer) }

    // MARK: - Sources and durable readers

    /// Returns the last stored checkpoints of a bridge.
    package func checkpoints(of bridge: String) async throws -> [String: [UInt8]] {
        let answer = Promise<[String: [UInt8]]>()
        writeQueue.enqueue(.checkpoints(bridge, answer))
        return try await answer.wait()
    }

    /// Returns the last message that a reader has finished with.
    package func cursor(of reader: DurableReader) async throws -> MessageNumber? {
        let answer = Promise<MessageNumber?>()
        writeQueue.enqueue(.cursor(reader, answer))
        return try await answer.wait()
    }

    /// Moves a reader's cursor; returns when that is stored.
    package func advance(
        _ reader: DurableReader, to number: MessageNumber, links: [Link]
    ) async throws {
        let answer = Promise<Void>()
        writeQueue.enqueue(.advance(reader, number, links, answer))
        try await answer.wait()
    }

    /// Records a failed attempt to deliver a message.
    package func recordFailure(
        _ text: String, to number: MessageNumber, of reader: DurableReader
    ) async throws {
        let answer = Promise<Void>()
        writeQueue.enqueue(.attempt(text, number, reader, answer))
        try await answer.wait()
    }

    // MARK: - Reading

    /// Returns the number of the newest message of a room, and the number up to which the messages
    /// have been deleted.
    package func extent(of room: String) async throws -> StoredExtent {
        try await reader.ask { stored throws(StoreError) in try stored.extent(of: room) }
    }

    /// Returns the newest correction of each of these messages.
    package func corrections(of numbers: [MessageNumber]) async throws -> [MessageNumber: Message] {
        try await reader.ask { stored throws(StoreError) in
            try stored.corrections(of: numbers)
        }
    }

    /// Returns messages of a room, the oldest first.
    package func messages(
        in room: String, after number: MessageNumber, through last: MessageNumber, atMost count: Int
    ) async throws -> StoredRun {
        try await reader.ask { stored throws(StoreError) in
            try stored.messages(in: room, after: number, through: last, atMost: count)
        }
    }

    /// Returns the last texts of a room before a number.
    package func texts(
        in room: String, before number: MessageNumber, atMost count: Int
    ) async throws -> [Message] {
        try await reader.ask { stored throws(StoreError) in
            try stored.texts(in: room, before: number, atMost: count)
        }
    }

    /// Returns the numbers of the last texts of a room before a number, rising.
    package func textNumbers(
        in room: String, before number: MessageNumber, atMost count: Int
    ) async throws -> [MessageNumber] {
        try await reader.ask { stored throws(StoreError) in
            try stored.textNumbers(in: room, before: number, atMost: count)
        }
    }

    /// Returns how many texts of a room there are between two numbers.
    package func countTexts(
        in room: String, after number: MessageNumber, through last: MessageNumber
    ) async throws -> Int {
        try await reader.ask { stored throws(StoreError) in
            try stored.countTexts(in: room, after: number, through: last, atMost: Self.maxCounted)
        }
    }

    /// Returns the newest texts of a room that contain all the words.
    package func search(
        _ words: SearchWords, in room: String, atMost count: Int
    ) async throws -> [Message] {
        try await find { connection throws(StoreError) in
            try connection.search(words, in: room, atMost: count)
        }
    }

    /// Returns the numbers of the newest texts of a room that contain all the words, rising.
    package func numbers(
        with words: SearchWords, in room: String, atMost count: Int
    ) async throws -> [MessageNumber] {
        try await find { connection throws(StoreError) in
            try connection.numbers(with: words, in: room, atMost: count)
        }
    }

    private func find<Value: Sendable>(
        _ question: @escaping @Sendable (StoreReader.ReadConnection) throws(StoreError) -> Value
    ) async throws -> Value {
        do {
            return try await searcher.ask(connection: question)
        } catch let error as StoreError where error.isIndexDamaged {
            status.setIndexDamaged(true)
            writeQueue.wake()
            throw error
        }
    }

    /// Returns a message by its number.
    package func message(numbered number: MessageNumber) async throws -> Message? {
        try await reader.ask { stored throws(StoreError) in try stored.message(numbered: number) }
    }

    /// Returns messages by their numbers, which must rise.
    package func messages(numbered numbers: [MessageNumber]) async throws -> StoredRun {
        try await reader.ask { stored throws(StoreError) in
            try stored.messages(numbered: numbers)
        }
    }

    /// Returns the numbers of messages with a remote id, the oldest first.
    package func numbers(
        of remoteID: String, in channel: DurableReader.Channel
    ) async throws -> [MessageNumber] {
        try await reader.ask { stored throws(StoreError) in
            try stored.numbers(of: remoteID, in: channel)
        }
    }

    /// Returns the remote ids of a message, the first one first.
    package func remoteIDs(
        of number: MessageNumber, in channel: DurableReader.Channel
    ) async throws -> [String] {
        try await reader.ask { stored throws(StoreError) in
            try stored.remoteIDs(of: number, in: channel)
        }
    }

    /// Returns the remote id of a message; the first one, if it has several.
    package func remoteID(
        of number: MessageNumber, in channel: DurableReader.Channel
    ) async throws -> String? {
        try await reader.ask { stored throws(StoreError) in
            try stored.remoteID(of: number, in: channel)
        }
    }
}
