import Chat

/// A token bucket: a number may pass at once, and then one after the other at a steady pace.
///
/// `limit` and the chat protocol have others, one integer each in a unit of their own, which their
/// hot paths only ever spend from. This one is also asked for its wait before anything is spent,
/// since two of them have to agree, and emptied by a flood. A common one would have to be a public
/// type of `MessageBus`, which is all that the middlewares and this bridge both see.
struct TokenBucket: Sendable {
    private let capacity: Double
    private let refill: Duration
    private var tokens: Double
    private var updated: Duration

    /// Makes a full bucket.
    ///
    /// - Parameters:
    ///   - capacity: the number that may pass at once.
    ///   - refill: the time after which one more may.
    init(capacity: Int, refill: Duration, now: Duration) {
        self.capacity = Double(capacity)
        self.refill = refill
        tokens = Double(capacity)
        updated = now
    }

    /// Returns the time until one may pass; zero if it may now.
    mutating func timeToNext(_ now: Duration) -> Duration {
        update(now)
        // Rounded up, so that after that time there is not a hair too little.
        return tokens >= 1 ? .zero : refill * (1 - tokens) + .milliseconds(1)
    }

    /// Lets one pass.
    mutating func spend(_ now: Duration) {
        update(now)
        tokens -= 1
    }

    /// Empties the bucket.
    mutating func drain(_ now: Duration) {
        update(now)
        tokens = min(tokens, 0)
    }

    private mutating func update(_ now: Duration) {
        guard now > updated else { return }
        tokens = min(capacity, tokens + (now - updated) / refill)
        updated = now
    }
}
