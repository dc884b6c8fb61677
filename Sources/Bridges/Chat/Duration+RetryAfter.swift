extension Duration {
    /// The duration in whole seconds for a `Retry-After` header, rounded up; at least one.
    package var retryAfter: Int64 {
        let (seconds, rest) = components
        return max(1, rest > 0 ? seconds + 1 : seconds)
    }
}
