/// The fixed part of a message, as an arena keeps it: plain numbers, copied without counting any
/// references.
@usableFromInline
package struct MessageHeader: Sendable {
    @usableFromInline
    package struct Flags: OptionSet, Sendable {
        @usableFromInline package let rawValue: UInt16
        @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

        /// A middleware has dropped it.
        @inlinable package static var dropped: Flags { Flags(rawValue: 1 << 0) }
        /// The present step does not judge it.
        @inlinable package static var passedOver: Flags { Flags(rawValue: 1 << 1) }
        /// The text has more than one line.
        @inlinable package static var hasLines: Flags { Flags(rawValue: 1 << 2) }
        /// For its sender and `other` alone; never in a room's log.
        @inlinable package static var isPrivate: Flags { Flags(rawValue: 1 << 3) }
        /// Control characters were removed on the way in.
        @inlinable package static var hadControls: Flags { Flags(rawValue: 1 << 4) }
        /// The text stands in the storage as a line does: behind `NAME: ` and in front of an LF.
        @inlinable package static var framed: Flags { Flags(rawValue: 1 << 5) }
        /// Not a message of its own but the words that another one quotes.
        @inlinable package static var isQuotation: Flags { Flags(rawValue: 1 << 6) }

        /// Somebody has deleted it: it has no text any more.
        @inlinable package static var deleted: Flags { Flags(rawValue: 1 << 7) }
        /// A program says it, not a person.
        @inlinable package static var automatic: Flags { Flags(rawValue: 1 << 8) }

        /// The flags that keep the present step from judging the message.
        @inlinable static var notJudged: Flags {
            Flags(rawValue: dropped.rawValue | passedOver.rawValue)
        }
    }

    package var number: MessageNumber = 0
    /// The time at which the bus took it in, by the wall clock.
    package var time = Timestamp.epoch
    /// The offset of the text in the arena's storage.
    @usableFromInline package var offset: UInt32 = 0
    /// Bytes of text.
    @usableFromInline package var count: UInt32 = 0
    /// The connection that brought it, or 0: a reader on the same connection may skip it.
    package var connectionID: UInt32 = 0
    /// Index into the arena's senders.
    @usableFromInline package var sender: UInt16 = 0
    /// 0, or one more than the index into the arena's details.
    @usableFromInline package var details: UInt16 = 0
    package var kind: Message.Kind = .message
    @usableFromInline package var flags: Flags = []
    /// Byte offset of the message in its file or stream, counted from `details.start`.
    package var position: UInt32 = 0

    package init() {}

    /// The offset in the arena's storage at which the text ends.
    @inline(__always) var end: UInt32 { offset &+ count }

    /// Sets the place of the text in the arena's storage.
    package mutating func place(at offset: Int, count: Int) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.count = UInt32(truncatingIfNeeded: count)
    }

    /// True if it is one line without anything special about it.
    package var isPlain: Bool { details == 0 && flags.isDisjoint(with: [.hasLines, .isPrivate]) }

    /// True if somebody said it, so that it can be answered unless it is deleted.
    package var isSaid: Bool { kind == .message || kind == .edit }

    /// True if its text is gone.
    package var isDeleted: Bool { flags.contains(.deleted) }

    /// True if the present step is to judge it.
    @inlinable package var isJudged: Bool { flags.rawValue & Flags.notJudged.rawValue == 0 }
}
