/// A message: its text, its sender, its room, its time and its number.
///
/// A middleware gets one to judge and may change its text; a bridge reads messages from its port.
public struct Message: Sendable {
    /// The kind of event that a message reports.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// Somebody said something.
        case message
        /// Somebody entered the room.
        case join
        /// Somebody left the room.
        case leave
        /// Somebody changed names: `sender` is the old one, `other` the new one.
        case rename
        /// Somebody corrected what they had said; the text is the new one.
        case edit
        /// Somebody deleted a message, `deletedNumber`: whoever has passed it on should take it
        /// back. No chain judges a deletion, and it is not shown to people.
        case deletion

        /// True if it reports something about a person and has no text.
        @inlinable package var isNotice: Bool {
            switch self {
            case .message, .edit: false
            case .join, .leave, .rename, .deletion: true
            }
        }
    }

    @usableFromInline package var header: MessageHeader
    @usableFromInline package var content: Body
    @usableFromInline package var author: Sender
    /// The name of the room it is in.
    public package(set) var room: String
    @usableFromInline package var details: MessageDetails?
    /// True if a middleware has written to it.
    @usableFromInline package var isModified = false
    /// Monotonic nanoseconds at which the bus took it in.
    package var uptime: Int64
    /// Number of messages that were left out just before this one, because their reader was too
    /// slow.
    public package(set) var missed: UInt64 = 0

    package init(
        header: MessageHeader, sender: Sender, body: Body, room: String, details: MessageDetails?,
        uptime: Int64
    ) {
        self.header = header
        author = sender
        content = body
        self.room = room
        self.details = details
        self.uptime = uptime
    }

    /// The sender.
    public var sender: Sender { author }

    /// The text as bytes.
    ///
    /// Empty in a join, leave or rename.
    public var body: Body {
        // Yielded, not returned: reading it counts no reference.
        @inlinable _read { yield content }
        set {
            content = newValue
            isModified = true
        }
    }

    /// The text.
    ///
    /// Reading makes a `String` (about 60 ns and an allocation for a line); writing replaces the
    /// body, which is cleaned of control characters before anybody sees it.
    public var text: String {
        get { unsafe String(decoding: content.unsafeBytes, as: UTF8.self) }
        set { body = Body(newValue) }
    }

    /// Its number: bus-wide, rising, with gaps, given once.
    public var number: MessageNumber { header.number }
    /// The kind of message.
    public var kind: Kind { header.kind }
    /// The time at which it was said, by the wall clock: as its bridge knows it, else `received`.
    public var time: Timestamp { min(details?.said ?? .latest, header.time) }
    /// The time at which the bus took it in, by the wall clock.
    public var received: Timestamp { header.time }
    /// The time at which the bus took it in, by a clock that never jumps and counts from an
    /// arbitrary moment.
    ///
    /// In a room's log, the arrival of the newest of the messages that are kept side by side with
    /// it.
    public var arrival: Duration { .nanoseconds(uptime) }
    /// The time at which it was said, by the clock of `arrival`: limits and the detection of
    /// repetitions use it.
    public var moment: Duration {
        guard let said = details?.said else { return arrival }
        return arrival - max(header.time - said, .zero)
    }
    /// A number for the message's attachment, which two different attachments are unlikely to
    /// share; 0: none.
    public var attachment: UInt64 { details?.attachment ?? 0 }
    /// True if it belongs to the message before it, as the second picture of an album does.
    public var isContinuation: Bool { details?.isContinuation ?? false }
    /// The message that this one replies to.
    public var reply: Quotation? { kind == .deletion ? nil : details?.reply }
    /// The number of the message that was deleted, in a deletion; `nil` in anything else.
    public var deletedNumber: MessageNumber? { kind == .deletion ? details?.reply?.number : nil }
    /// The number of the message that an edit corrects, if the bus has found it; `nil` in anything
    /// else.
    public var correctedNumber: MessageNumber? { kind == .edit ? details?.corrected : nil }
    /// The name of the person who deleted the message, whose text is empty then; `nil` if nobody
    /// did.
    public var deleter: String? { details?.deleter }
    /// The receiver of a private message, or the new name in a rename.
    public var other: Sender? { kind == .leave ? nil : details?.other }
    /// The room that somebody who left this one went to; `nil` if they left the chat.
    public var destination: String? { kind == .leave ? details?.other?.name : nil }
    /// True if only its sender and `other` get it.
    public var isPrivate: Bool { header.flags.contains(.isPrivate) }
    /// True if the text has more than one line.
    @inlinable public var hasSeveralLines: Bool { header.flags.contains(.hasLines) }
    /// True if control characters had to be removed when it came in.
    public var hadControlCharacters: Bool { header.flags.contains(.hadControls) }
    /// True if it is not a message of its own but the words that another one quotes.
    ///
    /// They are judged as a message of their author, by copies of the steps. A step that counts
    /// messages or writes them down lets them pass.
    public var isQuotation: Bool { header.flags.contains(.isQuotation) }
    /// True if a program says it, as far as its bridge knows, and not a person: programs that
    /// answer automatically should ignore it, so that two of them don't answer each other for ever.
    public var isAutomatic: Bool { header.flags.contains(.automatic) }
    /// The place it came from before it reached the bus.
    public var origin: Origin? {
        // Which session says something is nobody's business.
        details?.origin(of: header).flatMap { $0.isSession ? nil : $0 }
    }
}
