/// A token bucket: a number may pass at once, and then one after the other at a steady pace.
///
/// `limit` and the commands of clients have others, one integer each in a unit of their own, which
/// their hot paths only ever spend from. This one is also asked for its wait before anything is
/// spent, and its pace may change.
package struct TokenBucket: Sendable, Equatable {
    /// The number that may pass at once.
    package var capacity: Double
    /// The time after which one more may.
    package var refill: Duration
    private var tokens: Double
    private var updated: Duration

    /// Makes a full bucket.
    ///
    /// - Parameters:
    ///   - capacity: the number that may pass at once.
    ///   - refill: the time after which one more may; above zero.
    ///   - now: the present, since an arbitrary moment that stays the same.
    package init(capacity: Int, refill: Duration, now: Duration) {
        self.capacity = Double(capacity)
        self.refill = refill
        tokens = Double(capacity)
        updated = now
    }

    /// Returns the time until one may pass; zero if it may now.
    package mutating func timeToNext(_ now: Duration) -> Duration {
        update(now)
        // Rounded up, so that after that time there is not a hair too little.
        return tokens >= 1 ? .zero : refill * (1 - tokens) + .nanoseconds(1)
    }

    /// Lets some pass.
    package mutating func spend(_ now: Duration, count: Int = 1) {
        update(now)
        tokens -= Double(count)
    }

    /// Fills the bucket.
    package mutating func fill(_ now: Duration) { (tokens, updated) = (capacity, now) }

    /// Empties the bucket.
    package mutating func drain(_ now: Duration) {
        update(now)
        tokens = min(tokens, 0)
    }

    private mutating func update(_ now: Duration) {
        guard now > updated else { return }
        tokens = min(capacity, tokens + (now - updated) / refill)
        updated = now
    }
}
