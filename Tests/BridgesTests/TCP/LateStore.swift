import MessageBus
import Locking
import TestSupport

/// A store that answers queries about earlier messages only when a test lets it.
///
/// Safe from any thread.
final class LateStore: MessageStore {
    /// The error of a store that can't read.
    struct Broken: Error, CustomStringConvertible {
        var description: String { "the disk is on fire" }
    }

    private struct State {
        var asked = 0
        var isLate = true
        var isBroken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// The store that keeps everything.
    let disk: MemoryStore
    private let state = Locked(State())

    init(_ messages: [Message] = []) {
        var disk = MemoryStore.Disk()
        disk.messages = messages
        disk.next = (messages.last?.number ?? 0) + 1
        self.disk = MemoryStore(disk)
    }

    /// Returns texts in a room, numbered from 1.
    static func texts(_ texts: [String], in room: String = "general") -> [Message] {
        texts.enumerated().map { index, text in
            .make(
                text, by: .make("eva"), room: room,
                number: MessageNumber(rawValue: UInt64(index + 1)),
                time: 1_735_689_600_000)
        }
    }

    /// Returns when this many queries have come in all.
    func asked(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.asked < count { state.watchers.append((count, continuation)) }
                return state.asked >= count
            }
            if isDone { continuation.resume() }
        }
    }

    /// Answers the oldest query.
    func answer() {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }?.resume()
    }

    /// Answers all queries, and later ones at once.
    func hurry() {
        let waiting = state.withLock { state in
            state.isLate = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Answers later queries only when a test lets it.
    func beLate() { state.withLock { $0.isLate = true } }

    /// Fails from now on.
    func breakDown() { state.withLock { $0.isBroken = true } }

    private func turn() async throws {
        await withCheckedContinuation { continuation in
            let (watchers, isLate) = state.withLock { state in
                state.asked += 1
                let asked = state.asked
                let watchers = state.watchers.filter { $0.count <= asked }
                state.watchers.removeAll { $0.count <= asked }
                if state.isLate { state.waiting.append(continuation) }
                return (watchers.map(\.continuation), state.isLate)
            }
            for watcher in watchers { watcher.resume() }
            if !isLate { continuation.resume() }
        }
        if state.withLock({ $0.isBroken }) { throw Broken() }
    }

    // MARK: - Queries about earlier messages

    func texts(in room: String, before number: MessageNumber, atMost count: Int) async throws
        -> [Message]
    {
        try await turn()
        return disk.texts(in: room, before: number, atMost: count)
    }

    func textNumbers(
        in room: String, before number: MessageNumber, atMost count: Int
    ) async throws -> [MessageNumber] {
        try await turn()
        return disk.textNumbers(in: room, before: number, atMost: count)
    }

    func countTexts(
        in room: String, after number: MessageNumber, through last: MessageNumber
    ) -> Int { disk.countTexts(in: room, after: number, through: last) }

    func extent(of room: String) async throws -> StoredExtent { disk.extent(of: room) }

    func corrections(of numbers: [MessageNumber]) async throws -> [MessageNumber: Message] {
        disk.corrections(of: numbers)
    }

    func messages(numbered numbers: [MessageNumber]) async throws -> StoredRun {
        if state.withLock({ $0.isBroken }) { throw Broken() }
        return disk.messages(numbered: numbers)
    }

    func numbers(
        with phrases: SearchWords, in room: String, atMost count: Int
    ) async throws -> [MessageNumber] {
        try await search(phrases, in: room, atMost: count).map(\.number)
    }

    func search(_ phrases: SearchWords, in room: String, atMost count: Int) async throws
        -> [Message]
    {
        try await turn()
        return disk.search(phrases, in: room, atMost: count)
    }

    func message(numbered number: MessageNumber) async throws -> Message? {
        try await turn()
        return disk.message(numbered: number)
    }

    // MARK: - The rest

    var outlivesProcess: Bool { true }
    func reserve(_ count: Int) -> MessageNumber { disk.reserve(count) }
    func enqueue(_ batch: Batch, isOwed: Bool) { disk.enqueue(batch, isOwed: isOwed) }
    func enqueue(_ progress: BridgeProgress) -> PendingCommit { disk.enqueue(progress) }
    func enqueue(_ deletion: Deletion) -> PendingCommit { disk.enqueue(deletion) }
    func endTurn() { disk.endTurn() }
    var committed: MessageNumber { disk.committed }
    var expired: [String: MessageNumber] { disk.expired }
    var condition: StoreCondition { disk.condition }
    func observe(_ observer: @escaping @Sendable () -> Void) { disk.observe(observer) }
    func checkpoints(of bridge: String) async throws -> [String: [UInt8]] {
        try await disk.checkpoints(of: bridge)
    }
    func cursor(of reader: DurableReader) async throws -> MessageNumber? {
        try await disk.cursor(of: reader)
    }
    func advance(_ reader: DurableReader, to number: MessageNumber, links: [Link]) async throws {
        try await disk.advance(reader, to: number, links: links)
    }
    func recordFailure(_ answer: String, to number: MessageNumber, of reader: DurableReader)
        async throws
    {
        try await disk.recordFailure(answer, to: number, of: reader)
    }
    func messages(
        in room: String, after number: MessageNumber, through last: MessageNumber, atMost count: Int
    ) -> StoredRun {
        disk.messages(in: room, after: number, through: last, atMost: count)
    }
    func numbers(of remoteID: String, in channel: DurableReader.Channel) -> [MessageNumber] {
        disk.numbers(of: remoteID, in: channel)
    }
    func remoteIDs(of number: MessageNumber, in channel: DurableReader.Channel) -> [String] {
        disk.remoteIDs(of: number, in: channel)
    }
    func remoteID(of number: MessageNumber, in channel: DurableReader.Channel) -> String? {
        disk.remoteID(of: number, in: channel)
    }
}
