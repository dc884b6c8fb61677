import MessageBus
import Chat

/// The recent rejections of a chat, and the resulting changes in the way messages are sent.
///
/// A value of the chat's outbox.
struct RejectionPolicy: Sendable, Equatable {
    /// The remedy for a rejection.
    enum Remedy: Sendable, Equatable {
        /// Send fewer messages together: perhaps only one of them was meant.
        case sendFewer
        /// Quote the message that is answered instead of linking to it: the link may be what was
        /// meant.
        case quote
        /// Skip the message.
        case skip
    }

    /// Messages among which is one that was rejected.
    private var suspects = 0
    /// The message that is sent with a quotation of the one it answers.
    private var quoted: MessageNumber?
    /// The message that was skipped, or a part of it.
    private var skipped: MessageNumber?

    /// The most messages that may be sent together: half of the suspected ones, so that the
    /// rejected one is soon alone.
    var limit: Int { suspects > 0 ? max(1, suspects / 2) : .max }

    /// Returns true if the message that another one answers is to be quoted.
    func isQuoted(_ number: MessageNumber) -> Bool { quoted == number }

    /// Returns true if a message, or a part of it, was skipped.
    func hasSkipped(_ number: MessageNumber) -> Bool { skipped == number }

    /// Records a rejection, and returns what to do about it.
    ///
    /// - Parameters:
    ///   - numbers: the numbers of the messages that were rejected together.
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

    /// Records that a number of messages are done with.
    mutating func recordDone(_ count: Int) {
        // The skipped message was the rejected one; the others are no longer suspected.
        suspects = skipped == nil ? max(0, suspects - count) : 0
        quoted = nil
        skipped = nil
    }
}
