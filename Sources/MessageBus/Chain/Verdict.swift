/// What a middleware thinks of a message.
public enum Verdict: Sendable, Equatable {
    /// It goes on.
    case pass
    /// It ends here.
    ///
    /// The reason is told to the sender, in front of it the code.
    case drop(String, code: String = "dropped")
}
