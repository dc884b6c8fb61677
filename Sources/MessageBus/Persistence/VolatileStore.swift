import Locking

/// A store that keeps numbers, cursors, checkpoints and links in memory: they outlive a bridge, not
/// the process.
///
/// Safe from any thread.
package final class VolatileStore: MessageStore {
    private struct State {
        var next: MessageNumber = 1
        var checkpoints: [String: [String: [UInt8]]] = [:]
        var cursors: [DurableReader: MessageNumber] = [:]
        var links = Links()
    }

    private let state = Locked(State())

    /// Makes an empty store.
    package init() {}

    /// False: the rooms' own logs are all there is.
    package var outlivesProcess: Bool { false }

    /// Reserves numbers, from 1.
    package func reserve(_ count: Int) -> MessageNumber {
        state.withLock { state in
            defer { state.next += count }
            return state.next
        }
    }

    /// Does nothing.
    package func enqueue(_ batch: Batch, isOwed: Bool) {}

    /// Keeps the checkpoints and links.
    package func enqueue(_ progress: BridgeProgress) -> PendingCommit {
        state.withLock { state in
            for checkpoint in progress.checkpoints {
                state.checkpoints[progress.bridge, default: [:]][checkpoint.key] =
                    checkpoint.state.isEmpty ? nil : checkpoint.state
            }
            for (channel, link) in progress.links { state.links.append(link, in: channel) }
        }
        return .kept
    }

    /// Does nothing: the room's log is all there was.
    package func enqueue(_ deletion: Deletion) -> PendingCommit { .kept }

    /// Does nothing.
    package func endTurn() {}

    /// The greatest number: there is nothing to wait for.
    package var committed: MessageNumber { .max }
    /// Empty: a room's log has bounds, and no age.
    package var expired: [String: MessageNumber] { [:] }
    /// Always `keepsUp`.
    package var condition: StoreCondition { .keepsUp }
    /// Never calls.
    package func observe(_ observer: @escaping @Sendable () -> Void) {}

    /// Returns the checkpoints last stored for a bridge.
    package func checkpoints(of bridge: String) -> [String: [UInt8]] {
        state.withLock { $0.checkpoints[bridge] ?? [:] }
    }

    /// Returns the last message that a reader has acknowledged.
    package func cursor(of reader: DurableReader) -> MessageNumber? {
        state.withLock { $0.cursors[reader] }
    }

    /// Moves a reader's cursor.
    package func advance(_ reader: DurableReader, to number: MessageNumber, links: [Link]) {
        state.withLock { state in
            // A late acknowledgement moves nothing back.
            state.cursors[reader] = max(number, state.cursors[reader] ?? 0)
            for link in links { state.links.append(link, in: reader.channel) }
        }
    }

    /// Does nothing: nobody could ask.
    package func recordFailure(_ answer: String, to number: MessageNumber, of reader: DurableReader)
    {}

    /// Returns that there is nothing.
    package func extent(of room: String) -> StoredExtent { StoredExtent() }
    /// Returns nothing: the room's log has the corrections.
    package func corrections(of numbers: [MessageNumber]) -> [MessageNumber: Message] { [:] }

    /// Returns nothing: the room's log has the messages.
    package func messages(
        in room: String, after number: MessageNumber, through last: MessageNumber, atMost count: Int
    ) -> StoredRun { StoredRun([], isComplete: true) }
    /// Returns nothing: the room's log has the texts.
    package func texts(in room: String, before number: MessageNumber, atMost count: Int)
        -> [Message]
    {
        []
    }
    /// Returns 0: the room's log has the texts.
    package func countTexts(
        in room: String, after number: MessageNumber, through last: MessageNumber
    ) -> Int { 0 }
    /// Returns nothing: the room's log has the texts.
    package func search(_ words: SearchWords, in room: String, atMost count: Int) -> [Message] {
        []
    }
    /// Returns nothing: the room's log has the message.
    package func message(numbered number: MessageNumber) -> Message? { nil }

    /// Returns nothing.
    package func numbers(
        with words: SearchWords, in room: String, atMost count: Int
    ) -> [MessageNumber] { [] }

    /// Returns nothing.
    package func messages(numbered numbers: [MessageNumber]) -> StoredRun {
        StoredRun([], isComplete: true)
    }

    /// Returns nothing.
    package func textNumbers(
        in room: String, before number: MessageNumber, atMost count: Int
    ) -> [MessageNumber] { [] }

    /// Returns the numbers of messages with a remote id.
    package func numbers(of remoteID: String, in channel: DurableReader.Channel) -> [MessageNumber]
    {
        state.withLock { $0.links.numbers(of: remoteID, in: channel) }
    }
    /// Returns the remote ids of a message, the first one first.
    package func remoteIDs(of number: MessageNumber, in channel: DurableReader.Channel) -> [String]
    {
        state.withLock { $0.links.remoteIDs(of: number, in: channel) }
    }
    /// Returns the remote id of a message; the first one, if it has several.
    package func remoteID(of number: MessageNumber, in channel: DurableReader.Channel) -> String? {
        state.withLock { $0.links.remoteID(of: number, in: channel) }
    }
}

/// The most recent links between messages and their remote ids, bounded.
private struct Links {
    private struct Remote: Hashable {
        let channel: DurableReader.Channel
        let id: String
    }

    private struct Local: Hashable {
        let channel: DurableReader.Channel
        let number: MessageNumber
    }

    private var numbers: [Remote: [MessageNumber]] = [:]
    /// The names, the first one first.
    private var names: [Local: [String]] = [:]
    private var order: [(local: Local, id: String)] = []
    /// The most links to remember; half of them are forgotten when there are more.
    private static let bound = 100_000

    mutating func append(_ link: Link, in channel: DurableReader.Channel) {
        let remote = Remote(channel: channel, id: link.remoteID)
        guard numbers[remote]?.contains(link.number) != true else { return }
        numbers[remote, default: []].append(link.number)
        let local = Local(channel: channel, number: link.number)
        names[local, default: []].append(link.remoteID)
        order.append((local, link.remoteID))
        if order.count > Self.bound { forgetHalf() }
    }

    private mutating func forgetHalf() {
        for (local, id) in order.prefix(Self.bound / 2) {
            names[local] = nil
            numbers[Remote(channel: local.channel, id: id)] = nil
        }
        order.removeFirst(Self.bound / 2)
    }

    func numbers(of id: String, in channel: DurableReader.Channel) -> [MessageNumber] {
        numbers[Remote(channel: channel, id: id)] ?? []
    }

    func remoteID(of number: MessageNumber, in channel: DurableReader.Channel) -> String? {
        names[Local(channel: channel, number: number)]?.first
    }

    func remoteIDs(of number: MessageNumber, in channel: DurableReader.Channel) -> [String] {
        names[Local(channel: channel, number: number)] ?? []
    }
}
