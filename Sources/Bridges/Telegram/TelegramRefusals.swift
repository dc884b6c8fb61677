/// What Telegram has refused lately, and what is tried differently for that.
///
/// A value of the lane's that ships.
struct TelegramRefusals: Sendable, Equatable {
    /// What to do about a refusal.
    enum Remedy: Sendable, Equatable {
        /// The messages go out one by one: only one of them was meant.
        case oneByOne
        /// What it answers is said in words: that may be what was meant.
        case inWords
        /// It is passed over.
        case passOver
    }

    /// Messages that go out one by one yet.
    private(set) var alone = 0
    /// The message whose answer is said in words.
    private var unlinked: UInt64?
    /// The message that was passed over, or a part of it.
    private var passedOver: UInt64?

    /// Whether what goes out next goes out by itself.
    var isOneByOne: Bool { alone > 0 }

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
            alone = numbers.count
            return .oneByOne
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
        alone = max(0, alone - count)
        unlinked = nil
        passedOver = nil
    }
}
