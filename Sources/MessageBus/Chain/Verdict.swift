/// The judgement of a middleware about a message.
public enum Verdict: Sendable, Equatable {
    /// The message goes on.
    case pass
    /// The message ends here.
    ///
    /// Its sender is told the code, followed by the reason; programs are also told after which time
    /// the same message would pass, if there is one.
    case drop(String, code: String = "dropped", retryAfter: Duration? = nil)
}

extension Verdict {
    /// Makes the verdict that something was dropped.
    init(_ drop: Drop) {
        self = .drop(drop.reason, code: drop.code, retryAfter: drop.retryAfter)
    }
}
