import TimeUnits

/// The doubt about a stream that seems shorter than it was: it may have forgotten messages, or the
/// server may be behind, or cut off from the others.
struct TruncationCheck {
    private var since: MonotonicTime?
    private var answers = 0
    private var created = ""
    /// The number of answers of servers without most of the copies.
    private var minorityAnswers = 0

    /// The number of answers that have to agree.
    private static let enough = 4
    /// The time over which they have to come.
    static let timeout: Duration = .seconds(12)
    /// The time between two requests.
    static let pause: Duration = .seconds(3)

    /// True once servers have answered twice without most of the copies: another server may have
    /// them.
    var isHopeless: Bool { minorityAnswers >= 2 }

    /// Returns whether an answer is to be believed.
    ///
    /// - Parameter known: the last known number of the stream.
    mutating func isSettled(_ stream: StreamState, known: UInt64, at now: MonotonicTime) -> Bool {
        if stream.last >= known { return true }
        if !stream.hasMajority || stream.created != created {
            (since, answers, created) = (nil, 0, stream.created)
            if !stream.hasMajority {
                minorityAnswers += 1
                return false
            }
        }
        answers += 1
        let start = since ?? now
        since = start
        return answers >= Self.enough && now - start >= Self.timeout
    }
}
