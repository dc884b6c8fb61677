import Locking

/// A store that keeps numbers, cursors, checkpoints and links in memory: they outlive a bridge, not
/// the process.
///
/// Safe from any thread.
package final class VolatileStore: MessageStore {
    private struct State {
        var next: UInt64 = 1
        var checkpoints: [String: [String: [UInt8]]] = [:]
        var cursors: [DurableReader: UInt64] = [:]
        var links = Links()
    }

    private let state = Locked(State())

    /// Makes an empty store.
    package init() {}

    /// False: the rooms' own logs are all there is.
    package var outlivesProcess: Bool { false }

    /// Reserves numbers, from 1.
    package func reserve(_ count: UInt64) -> UInt64 {
        state.withLock { state in
            defer { state.next += count }
            return state.next
        }
    }

    /// Does nothing.
    package func enqueue(_ batch: Batch, isOwed: Bool) {}

    /// Keeps the checkpoints and links.
    package func enqueue(_ progress: SourceProgress) -> PendingCommit {
        state.withLock { state in
            for checkpoint in progress.checkpoints {
                state.checkpoints[progress.bridge, default: [:]][checkpoint.source] =
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
    package var committed: UInt64 { .max }
    /// Always `keepsUp`.
    package var condition: StoreCondition { .keepsUp }
    /// Never calls.
    package func observe(_ observer: @escaping @Sendable () -> Void) {}

    /// Returns the checkpoints last kept of a bridge's sources.
    package func checkpoints(of bridge: String) -> [String: [UInt8]] {
        state.withLock { $0.checkpoints[bridge] ?? [:] }
    }

    /// Returns the last message that a reader has acknowledged.
    package func cursor(of reader: DurableReader) -> UInt64? {
        state.withLock { $0.cursors[reader] }
    }

    /// Moves a reader's cursor.
    package func advance(_ reader: DurableReader, to number: UInt64, links: [Link]) {
        state.withLock { state in
            // A late acknowledgement moves nothing back.
            state.cursors[reader] = max(number, state.cursors[reader] ?? 0)
            for link in links { state.links.append(link, in: reader.channel) }
        }
    }

    /// Does nothing: nobody could ask.
    package func recordFailure(_ answer: String, to number: UInt64, of reader: DurableReader) {}

    /// Returns that there is nothing.
    package func extent(of room: String) -> StoredExtent { StoredExtent() }
    /// Returns nothing: the room's log has the corrections.
    package func corrections(of numbers: [UInt64]) -> [UInt64: Message] { [:] }

    /// Returns nothing: the room's log has the messages.
    package func messages(
        in room: String, after number: UInt64, through last: UInt64, atMost count: Int
    ) -> StoredRun { StoredRun([], isComplete: true) }
    /// Returns nothing: the room's log has the texts.
    package func texts(in room: String, before number: UInt64, atMost count: Int) -> [Message] {
        []
    }
    /// Returns nothing: the room's log has the texts.
    package func search(_ words: SearchWords, in room: String, atMost count: Int) -> [Message] {
        []
    }
    /// Returns nothing: the room's log has the message.
    package func message(numbered number: UInt64) -> Message? { nil }

    /// Returns nothing.
    package func numbers(
        with words: SearchWords, in room: String, atMost count: Int
    ) -> [UInt64] { [] }

    /// Returns nothing.
    package func messages(numbered numbers: [UInt64]) -> StoredRun {
        StoredRun([], isComplete: true)
    }

    /// Returns nothing.
    package func textNumbers(
        in room: String, before number: UInt64, atMost count: Int
    ) -> [UInt64] { [] }

    /// Returns the numbers of messages with a name on the other side.
    package func numbers(of remoteID: String, in channel: DurableReader.Channel) -> [UInt64] {
        state.withLock { $0.links.numbers(of: remoteID, in: channel) }
    }
    /// What a message is called on the other side, the first name first.
    package func remoteIDs(of number: UInt64, in channel: DurableReader.Channel) -> [String] {
        state.withLock { $0.links.remoteIDs(of: number, in: channel) }
    }
    /// Returns the name of a message on the other side; the first name, if it has several.
    package func remoteID(of number: UInt64, in channel: DurableReader.Channel) -> String? {
        state.withLock { $0.links.remoteID(of: number, in: channel) }
    }
}

/// The most recent links between messages and their names on other sides, bounded.
private struct Links {
    private struct Remote: Hashable {
        let channel: DurableReader.Channel
        let id: String
    }

    private struct Local: Hashable {
        let channel: DurableReader.Channel
        let number: UInt64
    }

    private var numbers: [Remote: [UInt64]] = [:]
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

    func numbers(of id: String, in channel: DurableReader.Channel) -> [UInt64] {
        numbers[Remote(channel: channel, id: id)] ?? []
    }

    func remoteID(of number: UInt64, in channel: DurableReader.Channel) -> String? {
        names[Local(channel: channel, number: number)]?.first
    }

    func remoteIDs(of number: UInt64, in channel: DurableReader.Channel) -> [String] {
        names[Local(channel: channel, number: number)] ?? []
    }
}
