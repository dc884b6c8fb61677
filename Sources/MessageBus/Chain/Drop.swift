/// The reason why a message was dropped.
public struct Drop: Sendable, Hashable {
    /// One of the protocol's codes, such as `dropped` or `rate-limited`.
    public let code: String
    /// The sentence for its sender.
    public let reason: String
    /// The time after which the same would pass; `nil` if that is not known.
    public let retryAfter: Duration?

    /// Makes a reason.
    public init(code: String, reason: String, retryAfter: Duration? = nil) {
        self.code = code
        self.reason = reason
        self.retryAfter = retryAfter
    }
}
