/// The reason why a message was dropped.
public struct Drop: Sendable, Hashable {
    /// One of the protocol's codes, such as `dropped` or `rate-limited`.
    public let code: String
    /// The sentence for its sender.
    public let reason: String

    /// Makes a reason.
    public init(code: String, reason: String) {
        self.code = code
        self.reason = reason
    }
}
