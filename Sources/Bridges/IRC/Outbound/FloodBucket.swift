import TimeUnits

/// A token bucket for lines, by the loop's clock: a burst may go at once, and as many again within
/// a period.
struct FloodBucket: Sendable, Equatable {
    private let capacity: Double
    /// Nanoseconds for one line.
    private let interval: Double
    private var tokens: Double
    private var updated: MonotonicTime
    /// The factor by which it is slower than it should be, because the server has found it too
    /// fast.
    private(set) var slowness = 1.0

    /// The greatest factor.
    private static let maxSlowness = 16.0

    /// Makes a full bucket.
    init(_ allowance: FloodAllowance, now: MonotonicTime) {
        capacity = Double(allowance.burst)
        interval = max(1, allowance.per / .nanoseconds(1) / Double(allowance.burst))
        tokens = capacity
        updated = now
    }

    /// Returns the time until a line may go; zero if it may now.
    mutating func wait(_ now: MonotonicTime) -> Duration {
        update(now)
        return tokens >= 1 ? .zero : .nanoseconds(Int64((1 - tokens) * interval * slowness) + 1)
    }

    /// Lets lines go.
    mutating func spend(_ count: Int, _ now: MonotonicTime) {
        update(now)
        tokens -= Double(count)
    }

    /// Fills it again, for a new connection.
    mutating func fill(_ now: MonotonicTime) {
        tokens = max(1, capacity / slowness)
        updated = now
    }

    /// Makes it slower.
    mutating func slowDown() { slowness = min(slowness * 2, Self.maxSlowness) }

    /// Makes it a little faster again.
    mutating func recover() { slowness = max(1, slowness * 0.99) }

    private mutating func update(_ now: MonotonicTime) {
        guard now > updated else { return }
        let passed = Double(now.nanoseconds - updated.nanoseconds)
        tokens = min(max(1, capacity / slowness), tokens + passed / (interval * slowness))
        updated = now
    }
}
