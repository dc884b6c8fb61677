/// The parts of a message that only some messages have.
///
/// Safe from any thread: nothing in it changes.
@usableFromInline
package final class MessageDetails: Sendable {
    package let reply: Quotation?
    package let other: Sender?
    /// The name of the person who has deleted it; `nil` if nobody has.
    package let deleter: String?
    /// The time at which it was said, if that is not the time of arrival.
    package let said: Timestamp?
    /// A fingerprint of its attachment, or 0.
    package let attachment: UInt64
    /// True if it belongs to the message before it.
    package let isContinuation: Bool
    /// The number of the message that it corrects, in an edit, if that is known.
    package let corrected: MessageNumber?
    private let origin: Origin?
    private let start: UInt64?

    package init(
        reply: Quotation? = nil, other: Sender? = nil, origin: Origin? = nil,
        said: Timestamp? = nil,
        attachment: UInt64 = 0, isContinuation: Bool = false, deleter: String? = nil,
        corrected: MessageNumber? = nil
    ) {
        self.reply = reply
        self.other = other
        self.deleter = deleter
        self.origin = origin
        self.said = said
        self.attachment = attachment
        self.isContinuation = isContinuation
        self.corrected = corrected
        start = nil
    }

    /// Makes the details of a draft that a bus takes in at a moment; `nil` if there are none.
    ///
    /// - Parameter now: is asked for only if the draft has a time of its own.
    convenience init?(of draft: Draft, at now: @autoclosure () -> Timestamp) {
        let said = draft.time.flatMap { Self.said($0, at: now()) }
        guard
            draft.reply != nil || draft.origin != nil || said != nil || draft.attachment != nil
                || draft.isContinuation || draft.corrected != nil
        else { return nil }
        self.init(
            reply: draft.reply, origin: draft.origin, said: said,
            attachment: draft.attachment.map(Self.fingerprint) ?? 0,
            isContinuation: draft.isContinuation, corrected: draft.corrected)
    }

    /// The longest time for which a message may have been on its way: one that is ten years older
    /// comes from a clock that was never set.
    private static let maxTransitTime = Duration.seconds(3_653 * 86_400)

    /// Returns a time if it is credible: not in the future, and not in an impossible past.
    private static func said(_ time: Timestamp, at now: Timestamp) -> Timestamp? {
        time > .epoch && time <= now && now - time < maxTransitTime ? time : nil
    }

    /// Returns the FNV-1a hash of a text, never 0.
    private static func fingerprint(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } | 1
    }

    /// Makes the details that many lines of a file or stream share: the `position` of each header
    /// counts from `start`.
    package init(channel: String, start: UInt64, said: Timestamp? = nil) {
        reply = nil
        other = nil
        deleter = nil
        self.said = said
        attachment = 0
        isContinuation = false
        corrected = nil
        origin = Origin(channel: channel)
        self.start = start
    }

    /// Returns the same details with another quotation, or with none.
    func quoting(_ reply: Quotation?, of header: MessageHeader) -> MessageDetails {
        MessageDetails(
            reply: reply, other: other, origin: origin(of: header), said: said,
            attachment: attachment, isContinuation: isContinuation, corrected: corrected)
    }

    /// Returns the details of a message that was deleted, without the message that it answered.
    static func deleted(
        by deleter: String, _ details: MessageDetails?, of header: MessageHeader
    ) -> MessageDetails {
        MessageDetails(
            other: details?.other, origin: details?.origin(of: header), said: details?.said,
            deleter: deleter, corrected: details?.corrected)
    }

    /// Returns the same details for lines that arrive at a moment, without a time that hardly
    /// differs from it.
    func arriving(at now: Timestamp) -> MessageDetails {
        guard let said, let start, let origin,
            now - said < Self.minTransitTime || Self.said(said, at: now) == nil
        else { return self }
        return MessageDetails(channel: origin.channel ?? "", start: start)
    }

    /// The shortest time that a file's line must have waited before its own time is kept.
    private static let minTransitTime = Duration.seconds(60)

    /// Returns a message's position in the file or stream that it came from; `nil` if it came from
    /// none.
    package func position(of header: MessageHeader) -> UInt64? {
        start.map { $0 + UInt64(header.position) }
    }

    /// Returns the place that a message came from before it reached the bus.
    package func origin(of header: MessageHeader) -> Origin? {
        guard let start else { return origin }
        return Origin(channel: origin?.channel, remoteID: "\(start + UInt64(header.position))")
    }

    /// The id given by a speaker who is known by a session; `nil` if there is none.
    package var speakerID: String? {
        guard let origin, origin.isSession else { return nil }
        return origin.remoteID
    }

    /// The remote chat or file that a message came from.
    package var channel: String? { origin?.channel }
}
