/// The judgement of a middleware about a message.
public enum Verdict: Sendable, Equatable {
    /// The message goes on.
    case pass
    /// The message ends here.
    ///
    /// Its sender is told the code and, behind it, the reason.
    case drop(String, code: String = "dropped")
}
