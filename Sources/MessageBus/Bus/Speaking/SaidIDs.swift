/// The names by which speakers have said something within a day, as far as they fit, and what waits
/// to be said.
///
/// What is not here any more is found in the store, once it is committed. Confined to the bus's
/// loop.
struct SaidIDs {
    /// Something that waits for its turn: what one session says is said in its order.
    struct Pending {
        let id: SpeechID?
        /// The message that it answers.
        let reply: MessageNumber?
        let content: Content
        let then: (SpeechResult) -> Void
    }

    /// What is to be said, and to whom.
    enum Content {
        /// To everybody in a room.
        case speech(Bus.Speech, Room, BridgeAttachment)
        /// To somebody with a folded name alone.
        case whisper([UInt8], Presence, String, isAutomatic: Bool)

        /// Bytes of the text.
        var bytes: Int {
            switch self {
            case .speech(let speech, _, _): speech.text.count
            case .whisper(let text, _, _, _): text.count
            }
        }
    }

    /// What waits of a session.
    private struct Waiting {
        var pending: [Pending] = []
        var bytes = 0
    }

    private struct Entry {
        let id: SpeechID
        let time: Int64
    }

    private var numbers: [SpeechID: MessageNumber] = [:]
    private var order: [Entry] = []
    private var first = 0
    /// What waits, by session; the first of each is looked at.
    private var waiting: [DurableReader.Channel: Waiting] = [:]

    /// The most names to remember: about 20 MB.
    private static let bound = 100_000
    /// Milliseconds for which a name is remembered.
    private static let lifetime: Int64 = 86_400_000
    /// The most that may wait of a session: more than a page keeps unsent while there is no
    /// connection.
    private static let maxWaiting = 1_000
    /// The most bytes of texts that may wait of a session.
    private static let maxWaitingBytes = 1 << 20

    /// Returns the number of what was said by a name; `nil` if that is not known here.
    func number(of id: SpeechID) -> MessageNumber? { numbers[id] }

    /// Remembers a name.
    mutating func record(_ id: SpeechID, as number: MessageNumber, at time: Int64) {
        if numbers.updateValue(number, forKey: id) == nil {
            order.append(Entry(id: id, time: time))
        }
        while order.count - first > Self.bound
            || first < order.count && order[first].time < time - Self.lifetime
        {
            numbers[order[first].id] = nil
            first += 1
        }
        if first > 1_024, first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
    }

    // MARK: - What waits

    /// Enqueues something that a session says; returns false if too much waits.
    mutating func enqueue(_ pending: Pending, of channel: DurableReader.Channel) -> Bool {
        let present = waiting[channel] ?? Waiting()
        guard present.pending.count < Self.maxWaiting,
            present.pending.isEmpty || present.bytes + pending.content.bytes <= Self.maxWaitingBytes
        else { return false }
        waiting[channel, default: Waiting()].pending.append(pending)
        waiting[channel]?.bytes += pending.content.bytes
        return true
    }

    /// Returns what a session says next; `nil` if nothing waits.
    func next(of channel: DurableReader.Channel) -> Pending? { waiting[channel]?.pending.first }

    /// Returns true if only one thing waits.
    func isAlone(in channel: DurableReader.Channel) -> Bool { waiting[channel]?.pending.count == 1 }

    /// Removes what a session has said now.
    mutating func removeNext(of channel: DurableReader.Channel) {
        if let done = waiting[channel]?.pending.removeFirst() {
            waiting[channel]?.bytes -= done.content.bytes
        }
        if waiting[channel]?.pending.isEmpty == true { waiting[channel] = nil }
    }
}
