import Chat

/// What Telegram has refused lately, and what is tried differently for that.
///
/// A value of the lane's that ships.
struct RejectionPolicy: Sendable, Equatable {
    /// What to do about a refusal.
    enum Remedy: Sendable, Equatable {
        /// Fewer messages go out together: perhaps only one of them was meant.
        case fewer
        /// What it answers is said in words: that may be what was meant.
        case inWords
        /// It is passed over.
        case passOver
    }

    /// Messages among which is one that was refused.
    private var suspects = 0
    /// The message whose answer is said in words.
    private var unlinked: UInt64?
    /// The message that was passed over, or a part of it.
    private var passedOver: UInt64?

    /// How many messages may go out together: half of those that are suspected, so that who is meant
    /// is soon alone.
    var most: Int { suspects > 0 ? max(1, suspects / 2) : .max }

    /// Whether what a message answers is said in words.
    func isInWords(_ number: UInt64) -> Bool { unlinked == number }

    /// Whether a message, or a part of it, was passed over.
    func hasPassedOver(_ number: UInt64) -> Bool { passedOver == number }

    /// Finds out what to do about a refusal.
    ///
    /// - Parameters:
    ///   - numbers: the messages in what was refused.
    ///   - isLinked: whether it was sent as the answer to something.
    mutating func remedy(for numbers: [UInt64], isLinked: Bool) -> Remedy {
        if numbers.count > 1 {
            suspects = numbers.count
            return .fewer
        }
        if isLinked, let number = numbers.first, unlinked != number {
            unlinked = number
            return .inWords
        }
        return .passOver
    }

    /// A message, or a part of it, is passed over; returns whether that is news of this message.
    mutating func passOver(_ number: UInt64) -> Bool {
        defer { passedOver = number }
        return passedOver != number
    }

    /// So many messages are done with.
    mutating func done(with count: Int) {
        // Who was passed over was the one; the others are above suspicion.
        suspects = passedOver == nil ? max(0, suspects - count) : 0
        unlinked = nil
        passedOver = nil
    }
}
