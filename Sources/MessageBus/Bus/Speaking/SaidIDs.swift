/// The ids of messages that speakers have said within a day, as far as they fit, and the messages
/// that wait to be said.
///
/// Older ids are found in the store, once they are committed. Confined to the bus's loop.
struct SaidIDs {
    /// A message that waits for its turn: the messages of one session are said in order.
    struct Pending {
        let id: SpeechID?
        /// The message that it answers.
        let reply: MessageNumber?
        let content: Content
        let then: (SpeechResult) -> Void

        /// True if a program says it, which is in no room.
        var isOfProgram: Bool {
            if case .speech(let speech, _, _) = content { speech.presence == nil } else { false }
        }
    }

    /// The content to be said, with its receivers.
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

    /// The waiting messages of a session.
    private struct Waiting {
        /// All messages; those before `first` are taken already.
        private var pending: [Pending?] = []
        private var first = 0
        private var bytes = 0
        /// Functions to call once no more than half of the allowed messages wait.
        var resumptions: [() -> Void] = []

        /// The number of messages that wait.
        var count: Int { pending.count - first }
        var next: Pending? { count > 0 ? pending[first] : nil }
        /// True if no more should be read from the session.
        var isFull: Bool { count >= maxWaiting || bytes >= maxWaitingBytes }
        var isHalfEmpty: Bool { count <= maxWaiting / 2 && bytes <= maxWaitingBytes / 2 }

        mutating func append(_ new: Pending) {
            pending.append(new)
            bytes += new.content.bytes
        }

        mutating func removeNext() {
            guard let done = next else { return }
            bytes -= done.content.bytes
            pending[first] = nil
            first += 1
            // Done rarely, so that each removal costs little on average.
            if first > 64, first > pending.count / 2 {
                pending.removeFirst(first)
                first = 0
            }
        }
    }

    private struct Entry {
        let id: SpeechID
        let time: Timestamp
    }

    private var numbers: [SpeechID: MessageNumber] = [:]
    private var order: [Entry] = []
    private var first = 0
    /// The waiting messages by session; the first of each is being said.
    private var waiting: [DurableReader.Channel: Waiting] = [:]

    /// The most ids to remember: about 20 MB.
    private static let bound = 100_000
    /// The time for which an id is remembered.
    private static let lifetime = Duration.seconds(86_400)
    /// The number of a session's messages at which no more is read from it: more than a page keeps
    /// unsent while there is no connection.
    private static let maxWaiting = 1_000
    /// The bytes of a session's waiting texts at which no more is read from it.
    private static let maxWaitingBytes = 1 << 20

    /// Returns the number of the message that was said with an id; `nil` if that is not known here.
    func number(of id: SpeechID) -> MessageNumber? { numbers[id] }

    /// Remembers an id.
    mutating func record(_ id: SpeechID, as number: MessageNumber, at time: Timestamp) {
        if numbers.updateValue(number, forKey: id) == nil {
            order.append(Entry(id: id, time: time))
        }
        while order.count - first > Self.bound
            || first < order.count && time - order[first].time > Self.lifetime
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

    /// Returns whether so many of a session's messages wait that no more should be read from it.
    func isFull(_ channel: DurableReader.Channel) -> Bool { waiting[channel]?.isFull ?? false }

    /// Enqueues a message of a session.
    mutating func enqueue(_ pending: Pending, of channel: DurableReader.Channel) {
        waiting[channel, default: Waiting()].append(pending)
    }

    /// Registers a function that is called when so few of a session's messages wait that more may
    /// be read from it.
    mutating func whenResumed(
        _ channel: DurableReader.Channel, _ resumption: @escaping () -> Void
    ) { waiting[channel, default: Waiting()].resumptions.append(resumption) }

    /// Returns a session's next message; `nil` if none waits.
    func next(of channel: DurableReader.Channel) -> Pending? { waiting[channel]?.next }

    /// Returns true if only one message of a session waits.
    func isAlone(in channel: DurableReader.Channel) -> Bool { waiting[channel]?.count == 1 }

    /// Removes the message that a session has just said, and returns the functions that are to be
    /// called because few messages wait.
    mutating func removeNext(of channel: DurableReader.Channel) -> [() -> Void] {
        waiting[channel]?.removeNext()
        guard let rest = waiting[channel], rest.isHalfEmpty else { return [] }
        if rest.count == 0 {
            waiting[channel] = nil
        } else if !rest.resumptions.isEmpty {
            waiting[channel]?.resumptions = []
        }
        return rest.resumptions
    }
}
