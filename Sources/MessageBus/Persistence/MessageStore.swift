import Metrics

/// A place where messages, cursors, checkpoints and links outlive the process.
///
/// Everything handed over on the bus's loop is kept in that order, and the answer to a question
/// includes everything that was handed over before.
package protocol MessageStore: Sendable {
    /// True if anything outlives the process: if not, a room's own log is all there is.
    var outlivesProcess: Bool { get }

    /// Reserves that many numbers and returns the first, which is not 0.
    ///
    /// None of them was or will be returned again, by this process or a later one. On the bus's
    /// loop; waits only if the numbers reserved ahead are used up.
    func reserve(_ count: Int) -> MessageNumber

    // MARK: - Handing over, on the bus's loop; none of these waits

    /// Copies the messages that passed, and records which were dropped or changed and by which
    /// step.
    ///
    /// - Parameter isOwed: true if a source waits for them: then they are accepted even past the
    ///   bound.
    func enqueue(_ batch: Batch, isOwed: Bool)

    /// Hands over checkpoints, to be kept in one transaction with all that was handed
    /// over before in this turn.
    func enqueue(_ progress: BridgeProgress) -> PendingCommit

    /// Hands over the deletion of a message: its text, its words in the index and the quotations of
    /// it are to be overwritten, even in the traces that a database would leave of them.
    ///
    /// The commit has happened when the message can't come back.
    func enqueue(_ deletion: Deletion) -> PendingCommit

    /// Passes on everything that was handed over in this turn.
    func endTurn()

    // MARK: - Progress, from any thread

    /// The number up to which every message handed over is kept.
    var committed: MessageNumber { get }
    /// The numbers up to which messages were deleted for their age since the store was opened, by
    /// room.
    var expired: [String: MessageNumber] { get }
    /// The store's condition: it keeps up, lags or fails.
    var condition: StoreCondition { get }
    /// The report of what was written and what waits to be.
    var report: StoreReport { get }
    /// Calls a function, on a thread of its own, whenever `committed`, `expired` or `condition` may
    /// have changed.
    ///
    /// There is one observer.
    func observe(_ observer: @escaping @Sendable () -> Void)

    // MARK: - Sources and durable readers

    /// Returns the checkpoints last stored for a bridge, by key.
    func checkpoints(of bridge: String) async throws -> [String: [UInt8]]
    /// Returns the number of the last message that a durable reader has acknowledged, `nil` for a
    /// new one.
    func cursor(of reader: DurableReader) async throws -> MessageNumber?
    /// Moves a durable reader's cursor, never back.
    ///
    /// - Parameter links: the remote ids of messages up to that one.
    func advance(_ reader: DurableReader, to number: MessageNumber, links: [Link]) async throws
    /// Records that a message could not be delivered, and the answer of the remote side.
    func recordFailure(_ answer: String, to number: MessageNumber, of reader: DurableReader)
        async throws

    // MARK: - Reading

    /// Returns the number of the newest message of a room, and the number up to which the messages
    /// have been deleted.
    func extent(of room: String) async throws -> StoredExtent
    /// Returns the newest correction of each of these messages, by their numbers.
    func corrections(of numbers: [MessageNumber]) async throws -> [MessageNumber: Message]

    /// Returns messages of a room between two numbers, the oldest first.
    ///
    /// As many as asked for, or as about 256 KiB of text hold, but at least one if there is one.
    ///
    /// - Parameter last: at most `committed`.
    func messages(
        in room: String, after number: MessageNumber, through last: MessageNumber, atMost count: Int
    ) async throws -> StoredRun
    /// Returns the last texts of a room before a number, the oldest first.
    func texts(in room: String, before number: MessageNumber, atMost count: Int) async throws
        -> [Message]
    /// Returns the numbers of the last texts of a room before a number, rising.
    func textNumbers(
        in room: String, before number: MessageNumber, atMost count: Int
    ) async throws -> [MessageNumber]
    /// Returns how many texts of a room there are between two numbers, 100,000 at most.
    func countTexts(
        in room: String, after number: MessageNumber, through last: MessageNumber
    ) async throws -> Int
    /// Returns the newest texts of a room that hold all the words, the oldest first.
    func search(_ words: SearchWords, in room: String, atMost count: Int) async throws -> [Message]
    /// Returns the numbers of the newest texts of a room that hold all the words, rising.
    func numbers(
        with words: SearchWords, in room: String, atMost count: Int
    ) async throws -> [MessageNumber]
    /// Returns a message by its number.
    func message(numbered number: MessageNumber) async throws -> Message?
    /// Returns messages by their numbers, which rise; those that aren't there are left out.
    ///
    /// As many as about 16 KiB of text hold, but at least one if there is one.
    func messages(numbered numbers: [MessageNumber]) async throws -> StoredRun
    /// Returns the numbers of messages with a remote id, the oldest first.
    func numbers(of remoteID: String, in channel: DurableReader.Channel) async throws
        -> [MessageNumber]
    /// Returns the remote ids of a message, the first one first.
    func remoteIDs(
        of number: MessageNumber, in channel: DurableReader.Channel
    ) async throws -> [String]
    /// Returns the remote id of a message; the first one, if it has several.
    func remoteID(of number: MessageNumber, in channel: DurableReader.Channel) async throws
        -> String?
}

extension MessageStore {
    /// A report of a store that writes at once.
    package var report: StoreReport {
        StoreReport(
            condition: condition, committed: committed, backlogBytes: 0, age: .zero,
            commits: Histogram())
    }

    /// The most texts that are counted.
    package static var maxCounted: Int { 100_000 }
}
