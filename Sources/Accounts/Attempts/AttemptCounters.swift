import MessageBus

/// The counters of failed logins and of registrations.
///
/// Owned by `PasswordChecker`, under its lock. The time is an argument, and never goes back.
package struct AttemptCounters: Sendable {
    private var counters: [AttemptKey: AttemptCounter] = [:]

    /// The most counters remembered; those used longest ago are forgotten first.
    static let maxCount = 10_000
    /// The limit for a name at an address: the fifth failure in a minute delays the next attempt,
    /// and each further one doubles the delay.
    private static let nameAtAddress = AttemptCounter.Limit(count: 5, period: .seconds(60))
    /// The limit for an address: 30 failures a minute.
    private static let address = AttemptCounter.Limit(count: 30, period: .seconds(60))
    /// The limit for a name at addresses where it was never logged in: 100 failures an hour.
    private static let name = AttemptCounter.Limit(count: 100, period: .seconds(3_600))
    /// Registrations at an address: 60 at once, then one a minute.
    private static let registrationBurst = 60
    private static let registrationInterval = Duration.seconds(60)

    /// The counters that a record has changed, to be stored.
    package struct Changes: Sendable {
        package var changed: [StoredAttempts] = []
        package var forgotten: [[UInt8]] = []
        package var isEmpty: Bool { changed.isEmpty && forgotten.isEmpty }
    }

    /// Makes counters from stored ones.
    package init(_ stored: [StoredAttempts] = [], at now: Timestamp = .epoch) {
        for attempts in stored.suffix(Self.maxCount) {
            // A bucket may be ahead by an hour, a delay too.
            counters[AttemptKey(bytes: attempts.counter)] = AttemptCounter(
                failures: attempts.failures, delay: attempts.delay, until: attempts.until,
                used: attempts.used, now: now)
        }
    }

    // MARK: - Logins

    /// Returns the seconds until the next password of a name at an address is checked; `nil` if
    /// now.
    ///
    /// - Parameter isKnown: true if the account was logged in at the address, so that failures
    ///   elsewhere don't count; `nil` if that is not known yet.
    package func secondsUntilLogin(
        of key: String, at address: ClientAddress, isKnown: Bool?, now: Timestamp
    ) -> Int? {
        var next = max(now, counters[.name(key, at: address)]?.until ?? .epoch)
        if let counter = counters[.address(address)] {
            next = max(next, counter.nextAllowed(Self.address, at: now))
        }
        if isKnown == false, let counter = counters[.name(key)] {
            next = max(next, counter.nextAllowed(Self.name, at: now))
        }
        return Self.seconds(from: now, to: next)
    }

    /// Records a failed login.
    package mutating func recordFailure(
        of key: String, at address: ClientAddress, isKnown: Bool, now: Timestamp
    ) -> Changes {
        var changes = Changes()
        update(.name(key, at: address), into: &changes) {
            $0.recordAndDelay(Self.nameAtAddress, at: now)
        }
        update(.address(address), into: &changes) { $0.record(Self.address, at: now) }
        if !isKnown { update(.name(key), into: &changes) { $0.record(Self.name, at: now) } }
        return changes
    }

    /// Records a login: failures of this name at this address are forgotten.
    package mutating func recordSuccess(of key: String, at address: ClientAddress) -> Changes {
        let key = AttemptKey.name(key, at: address)
        var changes = Changes()
        if counters.removeValue(forKey: key) != nil { changes.forgotten = [key.bytes] }
        return changes
    }

    /// Returns the failures at an address within the last minute.
    package func recentFailures(at address: ClientAddress, now: Timestamp) -> Int {
        let since = now - Self.address.period
        return counters[.address(address)]?.failures.count { $0 > since } ?? 0
    }

    // MARK: - Registrations

    /// Returns the seconds until a registration from an address is taken; `nil` if now.
    package func secondsUntilRegistration(at address: ClientAddress, now: Timestamp) -> Int? {
        guard let counter = counters[.registrations(at: address)] else { return nil }
        let next = counter.nextAllowed(
            burst: Self.registrationBurst, every: Self.registrationInterval, at: now)
        return Self.seconds(from: now, to: next)
    }

    /// Records a registration.
    package mutating func recordRegistration(at address: ClientAddress, now: Timestamp) -> Changes {
        var changes = Changes()
        update(.registrations(at: address), into: &changes) {
            $0.fill(every: Self.registrationInterval, at: now)
        }
        return changes
    }

    // MARK: - The table

    private mutating func update(
        _ key: AttemptKey, into changes: inout Changes, _ body: (inout AttemptCounter) -> Void
    ) {
        body(&counters[key, default: AttemptCounter()])
        if counters.count > Self.maxCount,
            let oldest = counters.min(by: { $0.value.used < $1.value.used })?.key
        {
            counters[oldest] = nil
            changes.forgotten.append(oldest.bytes)
        }
        guard let counter = counters[key] else { return }
        changes.changed.append(
            StoredAttempts(
                counter: key.bytes, failures: counter.failures, delay: counter.delay,
                until: counter.until, used: counter.used))
    }

    private static func seconds(from now: Timestamp, to next: Timestamp) -> Int? {
        next > now ? Int((next - now + .milliseconds(999)).wholeSeconds) : nil
    }
}
