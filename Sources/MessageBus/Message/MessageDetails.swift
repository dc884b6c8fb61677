/// What only some messages carry.
///
/// Safe from any thread: nothing in it changes.
@usableFromInline
package final class MessageDetails: Sendable {
    package let reply: Quotation?
    package let other: Sender?
    /// The name of who has deleted it; `nil` if nobody has.
    package let deleter: String?
    /// When it was said, in milliseconds since 1970, if that is known otherwise than by its arrival.
    package let said: Int64?
    /// What it holds besides its text, or 0.
    package let attachment: UInt64
    /// Whether it goes with the message before it.
    package let isContinuation: Bool
    private let origin: Origin?
    private let start: UInt64?

    package init(
        reply: Quotation? = nil, other: Sender? = nil, origin: Origin? = nil, said: Int64? = nil,
        attachment: UInt64 = 0, isContinuation: Bool = false, deleter: String? = nil
    ) {
        self.reply = reply
        self.other = other
        self.deleter = deleter
        self.origin = origin
        self.said = said
        self.attachment = attachment
        self.isContinuation = isContinuation
        start = nil
    }

    /// Makes those of a draft that a bus takes in at a moment; `nil` if there is nothing to tell.
    convenience init?(of draft: Draft, at now: Int64) {
        let said = draft.time.flatMap { Self.said($0.milliseconds, at: now) }
        guard
            draft.reply != nil || draft.origin != nil || said != nil || draft.attachment != nil
                || draft.isContinuation
        else { return nil }
        self.init(
            reply: draft.reply, origin: draft.origin, said: said,
            attachment: draft.attachment.map(Self.fingerprint) ?? 0,
            isContinuation: draft.isContinuation)
    }

    /// Milliseconds that something may have been under way: what is older by ten years has a clock
    /// that was never set.
    private static let longestWay: Int64 = 3_653 * 86_400_000

    /// A time as it is believed: not from the future, and not from a past that can't be.
    private static func said(_ time: Int64, at now: Int64) -> Int64? {
        time > 0 && time <= now && now - time < longestWay ? time : nil
    }

    /// FNV-1a, never 0.
    private static func fingerprint(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } | 1
    }

    /// Makes what many lines of a file or stream have in common: each record's `position` counts
    /// from the start.
    package init(channel: String, start: UInt64, said: Int64? = nil) {
        reply = nil
        other = nil
        deleter = nil
        self.said = said
        attachment = 0
        isContinuation = false
        origin = Origin(channel: channel)
        self.start = start
    }

    /// The same with another quotation, or with none.
    func quoting(_ reply: Quotation?, of header: MessageHeader) -> MessageDetails {
        MessageDetails(
            reply: reply, other: other, origin: origin(of: header), said: said,
            attachment: attachment, isContinuation: isContinuation)
    }

    /// Those of a message that was deleted: without what it answered.
    static func deleted(
        by deleter: String, _ details: MessageDetails?, of header: MessageHeader
    ) -> MessageDetails {
        MessageDetails(
            other: details?.other, origin: details?.origin(of: header), said: details?.said,
            deleter: deleter)
    }

    /// The same for lines that came at a moment, without a time that says nothing more than that.
    func arriving(at now: Int64) -> MessageDetails {
        guard let said, let start, let origin,
            now - said < Self.shortestWay || Self.said(said, at: now) == nil
        else { return self }
        return MessageDetails(channel: origin.channel ?? "", start: start)
    }

    /// Milliseconds for which a file's line may wait until its time is worth keeping.
    private static let shortestWay: Int64 = 60_000

    /// Where a message stands in the file or stream it came from; `nil` if it came from none.
    package func position(of header: MessageHeader) -> UInt64? {
        start.map { $0 + UInt64(header.position) }
    }

    /// Where a message was before it reached the bus.
    package func origin(of header: MessageHeader) -> Origin? {
        guard let start else { return origin }
        return Origin(channel: origin?.channel, remoteID: "\(start + UInt64(header.position))")
    }

    /// The remote chat or file that a message came from.
    package var channel: String? { origin?.channel }
}
