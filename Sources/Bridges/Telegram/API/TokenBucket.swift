import Chat

/// Lets so many through at once, and then one after the other at a steady pace.
struct TokenBucket: Sendable {
    private let capacity: Double
    private let refill: Duration
    private var tokens: Double
    private var updated: Duration

    /// Makes a full bucket.
    ///
    /// - Parameters:
    ///   - capacity: how many may pass at once.
    ///   - refill: the time in which one more may.
    init(capacity: Int, refill: Duration, now: Duration) {
        self.capacity = Double(capacity)
        self.refill = refill
        tokens = Double(capacity)
        updated = now
    }

    /// How long it takes until one may pass; zero: now.
    mutating func wait(_ now: Duration) -> Duration {
        update(now)
        // Rounded up, so that whoever has waited so long does not find a hair too little.
        return tokens >= 1 ? .zero : refill * (1 - tokens) + .milliseconds(1)
    }

    /// Lets one pass.
    mutating func take(_ now: Duration) {
        update(now)
        tokens -= 1
    }

    /// Takes out what is left.
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
