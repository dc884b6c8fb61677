import TimeUnits

/// The doubt whether a stream that is shorter than it was has forgotten messages: a server that is
/// behind, or cut off from the others, says so too.
struct LengthDoubt {
    private var since: MonotonicTime?
    private var answers = 0
    private var created = ""
    /// Answers of a server without most of the copies.
    private var lonely = 0

    /// Answers that have to say the same.
    private static let enough = 4
    /// The time over which they have to come.
    static let patience: Duration = .seconds(12)
    /// The time between two questions.
    static let pause: Duration = .seconds(3)

    /// True once a server has answered more than once without most of the copies: another one may have
    /// them.
    var isHopeless: Bool { lonely >= 2 }

    /// Returns whether an answer is to be believed.
    ///
    /// - Parameter known: the last number that is known of the stream.
    mutating func isSettled(_ stream: StreamState, known: UInt64, at now: MonotonicTime) -> Bool {
        if stream.last >= known { return true }
        if !stream.hasMajority || stream.created != created {
            (since, answers, created) = (nil, 0, stream.created)
            if !stream.hasMajority {
                lonely += 1
                return false
            }
        }
        answers += 1
        let start = since ?? now
        since = start
        return answers >= Self.enough && now - start >= Self.patience
    }
}
