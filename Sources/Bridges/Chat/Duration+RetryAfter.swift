extension Duration {
    /// The seconds, rounded up, as `Retry-After` tells them; one at least.
    package var retryAfter: Int64 {
        let (seconds, rest) = components
        return max(1, rest > 0 ? seconds + 1 : seconds)
    }
}
