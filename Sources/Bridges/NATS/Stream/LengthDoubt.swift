/// The doubt whether a stream that is shorter than it was has forgotten messages: a server that is
/// behind, or cut off from the others, says so too.
struct LengthDoubt {
    private var since: Int64?
    private var answers = 0
    private var created = ""
    /// Answers of a server without most of the copies.
    private var lonely = 0

    /// Answers that have to say the same.
    private static let enough = 4
    /// Milliseconds over which they have to come.
    static let patience: Int64 = 12_000
    /// Milliseconds between two questions.
    static let pause: Int64 = 3_000

    /// True once a server has answered more than once without most of the copies: another one may have
    /// them.
    var isHopeless: Bool { lonely >= 2 }

    /// Returns whether an answer is to be believed.
    ///
    /// - Parameter known: the last number that is known of the stream.
    mutating func isSettled(_ stream: StreamState, known: UInt64, at now: Int64) -> Bool {
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
