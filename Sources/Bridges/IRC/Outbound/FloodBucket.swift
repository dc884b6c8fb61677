import Chat
import TimeUnits

/// A token bucket for lines, by the loop's clock: a burst may go at once, and as many again within
/// a period; slower while the server has found that too fast.
struct FloodBucket: Sendable, Equatable {
    private let burst: Double
    /// The time for one line.
    private let interval: Duration
    private var bucket: TokenBucket
    /// The factor by which it is slower than it should be, because the server has found it too
    /// fast.
    private(set) var slowness = 1.0 {
        didSet {
            bucket.capacity = max(1, burst / slowness)
            bucket.refill = interval * slowness
        }
    }

    /// The greatest factor.
    private static let maxSlowness = 16.0

    /// Makes a full bucket.
    init(_ allowance: FloodAllowance, now: MonotonicTime) {
        burst = Double(allowance.burst)
        interval = max(.nanoseconds(1), allowance.per / allowance.burst)
        bucket = TokenBucket(
            capacity: allowance.burst, refill: interval, now: .nanoseconds(now.nanoseconds))
    }

    /// Returns the time until a line may go; zero if it may now.
    mutating func wait(_ now: MonotonicTime) -> Duration {
        bucket.timeToNext(.nanoseconds(now.nanoseconds))
    }

    /// Lets lines go.
    mutating func spend(_ count: Int, _ now: MonotonicTime) {
        bucket.spend(.nanoseconds(now.nanoseconds), count: count)
    }

    /// Fills it again, for a new connection.
    mutating func fill(_ now: MonotonicTime) { bucket.fill(.nanoseconds(now.nanoseconds)) }

    /// Makes it slower.
    mutating func slowDown() { slowness = min(slowness * 2, Self.maxSlowness) }

    /// Makes it a little faster again.
    mutating func recover() { slowness = max(1, slowness * 0.99) }
}
