/// A counter of failed attempts, as it is stored.
package struct StoredAttempts: Sendable, Equatable {
    /// The hash of the key that it counts for (`AttemptKey`).
    package let counter: [UInt8]
    /// The times of failures, the oldest first, in milliseconds since 1970.
    package let failures: [Int64]
    /// Seconds by which the last failure put off the next try; 0: not at all.
    package let delay: Int64
    /// The time at which the next attempt is allowed, in milliseconds since 1970; 0: at once.
    package let until: Int64
    /// The time of the last use, in milliseconds since 1970.
    package let used: Int64

    /// Makes a counter.
    package init(counter: [UInt8], failures: [Int64], delay: Int64, until: Int64, used: Int64) {
        self.counter = counter
        self.failures = failures
        self.delay = delay
        self.until = until
        self.used = used
    }
}
