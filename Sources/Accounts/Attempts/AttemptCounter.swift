/// The failures that are counted for one key.
///
/// All times are milliseconds since 1970.
struct AttemptCounter: Sendable, Equatable {
    /// The times of failures, the oldest first, as many as the limit needs.
    private(set) var failures: [Int64] = []
    /// Milliseconds by which the last failure has delayed the next attempt; 0 for none.
    private(set) var delay: Int64 = 0
    /// The time at which the next attempt is allowed.
    private(set) var until: Int64 = 0
    /// The time of the last use.
    private(set) var used: Int64 = 0

    /// A number of events per period.
    struct Limit: Sendable {
        let count: Int
        let milliseconds: Int64
    }

    init() {}

    /// Makes a counter from stored values; times of a clock that was ahead are brought back to now.
    init(failures: [Int64], delay: Int64, until: Int64, used: Int64, now: Int64) {
        self.failures = failures.suffix(Self.maxFailures).map { min($0, now) }
        self.delay = min(max(delay, 0), Self.maxDelay)
        self.until = min(until, now + Self.maxDelay)
        self.used = min(used, now)
    }

    /// Milliseconds of the first delay: hardly noticed by somebody who types a password again.
    private static let firstDelay: Int64 = 2_000
    /// Milliseconds of the longest delay: 24 attempts a day, and no owner is kept out for longer.
    private static let maxDelay: Int64 = 3_600_000
    /// The most failures that a limit counts.
    private static let maxFailures = 100

    // MARK: - Events in a time

    /// Returns the time when another event is allowed.
    func nextAllowed(_ limit: Limit, at now: Int64) -> Int64 {
        let recent = failures.filter { $0 > now - limit.milliseconds }
        return recent.count < limit.count
            ? now : recent[recent.count - limit.count] + limit.milliseconds
    }

    /// Records an event.
    mutating func record(_ limit: Limit, at now: Int64) {
        failures.removeAll { $0 <= now - limit.milliseconds }
        failures.append(now)
        failures.removeFirst(max(0, failures.count - limit.count))
        used = now
    }

    // MARK: - Delays that double

    /// Records a failure, and doubles the delay once there were too many.
    ///
    /// A delay is forgotten an hour after it has passed.
    mutating func recordAndDelay(_ limit: Limit, at now: Int64) {
        if delay > 0, now > until + Self.maxDelay { (delay, until, failures) = (0, 0, []) }
        record(limit, at: now)
        if delay > 0 {
            delay = min(2 * delay, Self.maxDelay)
        } else if failures.count >= limit.count {
            delay = Self.firstDelay
        }
        if delay > 0 { until = now + delay }
    }

    // MARK: - A bucket

    /// Returns the time when another event is allowed: `burst` at once, then one in each interval.
    func nextAllowed(burst: Int, every interval: Int64, at now: Int64) -> Int64 {
        max(now, until - Int64(burst - 1) * interval)
    }

    /// Records an event that fills the bucket by one.
    mutating func fill(every interval: Int64, at now: Int64) {
        until = max(until, now) + interval
        used = now
    }
}
