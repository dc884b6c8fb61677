import MessageBus
import Chat

/// The rejections of a chat that Telegram gave lately, and what is sent differently because of them.
///
/// A value of the chat's outbox.
struct RejectionPolicy: Sendable, Equatable {
    /// The remedy for a rejection.
    enum Remedy: Sendable, Equatable {
        /// Send fewer messages together: perhaps only one of them was meant.
        case sendFewer
        /// Quote the message that is answered instead of linking to it: the link may be what was meant.
        case quote
        /// Skip the message.
        case skip
    }

    /// Messages among which is one that was rejected.
    private var suspects = 0
    /// The message whose answered one is quoted.
    private var quoted: MessageNumber?
    /// The message that was skipped, or a part of it.
    private var skipped: MessageNumber?

    /// The most messages that may go out together: half of those that are suspected, so that the one
    /// that is meant is soon alone.
    var limit: Int { suspects > 0 ? max(1, suspects / 2) : .max }

    /// Returns true if the message that another one answers is to be quoted.
    func isQuoted(_ number: MessageNumber) -> Bool { quoted == number }

    /// Returns true if a message, or a part of it, was skipped.
    func hasSkipped(_ number: MessageNumber) -> Bool { skipped == number }

    /// Records a rejection, and returns what to do about it.
    ///
    /// - Parameters:
    ///   - numbers: the numbers of the messages in what was rejected.
    ///   - isReply: true if it was sent as a reply to something.
    mutating func remedy(for numbers: [MessageNumber], isReply: Bool) -> Remedy {
        if numbers.count > 1 {
            suspects = numbers.count
            return .sendFewer
        }
        if isReply, let number = numbers.first, quoted != number {
            quoted = number
            return .quote
        }
        return .skip
    }

    /// Records that a message, or a part of it, is skipped; returns true if no part was before.
    mutating func recordSkipped(_ number: MessageNumber) -> Bool {
        defer { skipped = number }
        return skipped != number
    }

    /// Records that so many messages are done with.
    mutating func recordDone(_ count: Int) {
        // The one that was skipped was the one; the others are above suspicion.
        suspects = skipped == nil ? max(0, suspects - count) : 0
        quoted = nil
        skipped = nil
    }
}
