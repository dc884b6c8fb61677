import MessageBus

/// The private messages that sessions without an account were sent within a day, for pages that
/// come back: nothing else keeps them.
///
/// They are in memory only; if there are too many, the oldest of all sessions are forgotten.
/// Confined to the bus's loop.
struct RecentPrivateMessages {
    private struct StoredFrame {
        let number: MessageNumber
        let frame: [UInt8]
    }

    /// A place in the order in which messages are forgotten.
    private struct Entry {
        let session: SessionID
        let number: MessageNumber
        /// The time at which the message was sent.
        let time: Timestamp
        let bytes: Int
    }

    /// The messages of each session, by rising numbers.
    private var frames: [SessionID: [StoredFrame]] = [:]
    private var entries: [Entry] = []
    /// The index of the oldest entry.
    private var first = 0
    private var bytes = 0

    /// The time for which a message is remembered.
    private static let lifetime = Duration.seconds(86_400)
    /// The most bytes of all messages together: about 20,000 messages of 200 characters.
    private static let maxBytes = 8 << 20
    /// Bytes that a message takes besides its frame.
    private static let entryBytes = 192
    /// The most messages of one session: as many as wait for somebody with an account.
    private static let maxPerSession = 500

    /// Remembers a message that a session was sent, as a frame.
    mutating func record(
        _ frame: [UInt8], numbered number: MessageNumber, for session: SessionID, at time: Timestamp
    ) {
        forget(before: time - Self.lifetime)
        var known = frames[session] ?? []
        if let last = known.last, last.number >= number { return }
        if known.count == Self.maxPerSession { known.removeFirst() }
        known.append(StoredFrame(number: number, frame: frame))
        frames[session] = known
        let size = frame.count + Self.entryBytes
        entries.append(Entry(session: session, number: number, time: time, bytes: size))
        bytes += size
        while bytes > Self.maxBytes { forgetOldest() }
    }

    /// Returns the frames of the messages after a number, in order.
    mutating func frames(
        for session: SessionID, after number: MessageNumber, at time: Timestamp
    ) -> [MessageNumber: [UInt8]] {
        forget(before: time - Self.lifetime)
        let found = (frames[session] ?? []).filter { $0.number > number }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.number, $0.frame) })
    }

    private mutating func forget(before time: Timestamp) {
        while first < entries.count, entries[first].time < time { forgetOldest() }
    }

    private mutating func forgetOldest() {
        let entry = entries[first]
        bytes -= entry.bytes
        if frames[entry.session]?.first?.number == entry.number {
            frames[entry.session]?.removeFirst()
            if frames[entry.session]?.isEmpty == true { frames[entry.session] = nil }
        }
        first += 1
        guard first > 1_024, first > entries.count / 2 else { return }
        entries.removeFirst(first)
        first = 0
    }
}
