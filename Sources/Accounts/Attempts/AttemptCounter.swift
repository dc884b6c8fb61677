import MessageBus

/// The failures that are counted for one key.
struct AttemptCounter: Sendable, Equatable {
    /// The times of failures, the oldest first, as many as the limit needs.
    private(set) var failures: [Timestamp] = []
    /// The time by which the last failure has delayed the next attempt; zero for none.
    private(set) var delay = Duration.zero
    /// The time at which the next attempt is allowed.
    private(set) var until = Timestamp.epoch
    /// The time of the last use.
    private(set) var used = Timestamp.epoch

    /// A number of events per period.
    struct Limit: Sendable {
        let count: Int
        let period: Duration
    }

    init() {}

    /// Makes a counter from stored values; times of a clock that was ahead are brought back to now.
    init(
        failures: [Timestamp], delay: Duration, until: Timestamp, used: Timestamp, now: Timestamp
    ) {
        self.failures = failures.suffix(Self.maxFailures).map { min($0, now) }
        self.delay = min(max(delay, .zero), Self.maxDelay)
        self.until = min(until, now + Self.maxDelay)
        self.used = min(used, now)
    }

    /// The first delay: hardly noticed by somebody who types a password again.
    private static let firstDelay = Duration.seconds(2)
    /// The longest delay: 24 attempts a day, and no owner is kept out for longer.
    private static let maxDelay = Duration.seconds(3_600)
    /// The most failures that a limit counts.
    private static let maxFailures = 100

    // MARK: - Events in a time

    /// Returns the time when another event is allowed.
    func nextAllowed(_ limit: Limit, at now: Timestamp) -> Timestamp {
        let recent = failures.filter { $0 > now - limit.period }
        return recent.count < limit.count
            ? now : recent[recent.count - limit.count] + limit.period
    }

    /// Records an event.
    mutating func record(_ limit: Limit, at now: Timestamp) {
        failures.removeAll { $0 <= now - limit.period }
        failures.append(now)
        failures.removeFirst(max(0, failures.count - limit.count))
        used = now
    }

    // MARK: - Delays that double

    /// Records a failure, and doubles the delay once there were too many.
    ///
    /// A delay is forgotten an hour after it has passed.
    mutating func recordAndDelay(_ limit: Limit, at now: Timestamp) {
        if delay > .zero, now > until + Self.maxDelay {
            (delay, until, failures) = (.zero, .epoch, [])
        }
        record(limit, at: now)
        if delay > .zero {
            delay = min(delay * 2, Self.maxDelay)
        } else if failures.count >= limit.count {
            delay = Self.firstDelay
        }
        if delay > .zero { until = now + delay }
    }

    // MARK: - A bucket

    /// Returns the time when another event is allowed: `burst` at once, then one in each interval.
    func nextAllowed(burst: Int, every interval: Duration, at now: Timestamp) -> Timestamp {
        max(now, until - interval * (burst - 1))
    }

    /// Records an event that fills the bucket by one.
    mutating func fill(every interval: Duration, at now: Timestamp) {
        until = max(until, now) + interval
        used = now
    }
}
