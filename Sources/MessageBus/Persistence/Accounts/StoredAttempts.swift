/// A counter of failed attempts, as it is stored.
package struct StoredAttempts: Sendable, Equatable {
    /// The hash of the key that it counts for (`AttemptKey`).
    package let counter: [UInt8]
    /// The times of failures, the oldest first.
    package let failures: [Timestamp]
    /// The time by which the last failure put off the next try; zero: not at all.
    package let delay: Duration
    /// The time at which the next attempt is allowed; the epoch: at once.
    package let until: Timestamp
    /// The time of the last use.
    package let used: Timestamp

    /// Makes a counter.
    package init(
        counter: [UInt8], failures: [Timestamp], delay: Duration, until: Timestamp, used: Timestamp
    ) {
        self.counter = counter
        self.failures = failures
        self.delay = delay
        self.until = until
        self.used = used
    }
}
