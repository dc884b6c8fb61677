/// What was said, by whom, where and when.
///
/// A middleware gets one to judge and may change its text; a bridge reads them from its port.
public struct Message: Sendable {
    /// What a message is.
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
        /// back. No chain judges it, and people read nothing of it.
        case deletion

        /// Whether it tells of somebody and has no text.
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
    /// Whether a middleware has written to it.
    @usableFromInline package var isModified = false
    /// Monotonic nanoseconds: when the bus took it in.
    package var uptime: Int64
    /// How many messages were left out just before this one, because their reader was too slow.
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

    /// Who said it.
    public var sender: Sender { author }

    /// What was said.
    ///
    /// Empty in a join, leave or rename.
    public var body: Body {
        // Yielded, not returned: looking at it counts no reference.
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
        get { String(decoding: content.unsafeBytes, as: UTF8.self) }
        set { body = Body(newValue) }
    }

    /// Its number: bus-wide, rising, with gaps, given once.
    public var number: UInt64 { header.number }
    /// What it is.
    public var kind: Kind { header.kind }
    /// When it was said, by the wall clock: as far as its bridge knows, else when the bus took it in.
    public var time: Timestamp { Timestamp(milliseconds: min(details?.said ?? .max, header.time)) }
    /// When the bus took it in, by the wall clock.
    public var received: Timestamp { Timestamp(milliseconds: header.time) }
    /// When the bus took it in, by a clock that never jumps: the time since an arbitrary moment.
    ///
    /// In a room's log, when the newest of the messages kept side by side with it came.
    public var arrival: Duration { .nanoseconds(uptime) }
    /// When it was said, by the clock of `arrival`: what limits and repetitions go by.
    public var moment: Duration {
        guard let said = details?.said else { return arrival }
        return arrival - .milliseconds(max(header.time - said, 0))
    }
    /// What it holds besides its text, as a number that two different things hardly share; 0: nothing.
    public var attachment: UInt64 { details?.attachment ?? 0 }
    /// Whether it goes with the message before it, as the second picture of an album does.
    public var isContinuation: Bool { details?.isContinuation ?? false }
    /// What it answers.
    public var reply: Quotation? { kind == .deletion ? nil : details?.reply }
    /// The number of the message that was deleted, in a deletion; `nil` in anything else.
    public var deletedNumber: UInt64? { kind == .deletion ? details?.reply?.number : nil }
    /// The name of who has deleted the message, whose text is empty then; `nil` if nobody has.
    public var deleter: String? { details?.deleter }
    /// Whom a private message is for, or the new name in a rename.
    public var other: Sender? { kind == .leave ? nil : details?.other }
    /// The room that somebody went to who left this one, `nil` for those who left the chat.
    public var destination: String? { kind == .leave ? details?.other?.name : nil }
    /// Whether only its sender and `other` get it.
    public var isPrivate: Bool { header.flags.contains(.isPrivate) }
    /// Whether the text has more than one line.
    @inlinable public var hasSeveralLines: Bool { header.flags.contains(.hasLines) }
    /// Whether control characters had to be removed from what came in.
    public var hadControlCharacters: Bool { header.flags.contains(.hadControls) }
    /// Whether it is no message of its own but words that another one quotes.
    ///
    /// They are judged as a message of whoever said them, by copies of the steps. A step that counts
    /// or writes something down lets them pass.
    public var isQuotation: Bool { header.flags.contains(.isQuotation) }
    /// Where it was before it reached the bus.
    public var origin: Origin? { details?.origin(of: header) }
}
