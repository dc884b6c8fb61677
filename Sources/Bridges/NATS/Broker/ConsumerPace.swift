import MessageBus
import TimeUnits

/// The pauses between the consumers that a session makes.
///
/// Each one stays with the broker for a minute, so a failure that is repeated again and again must
/// not make them without end.
struct ConsumerPace {
    private var backoff = Backoff(from: .milliseconds(500), to: .seconds(10))
    private var last: MonotonicTime?

    /// The time after which a consumer counts as one that worked.
    private static let stableTime: Duration = .seconds(30)

    /// The longest pause after an attempt that made no consumer, because most of the copies are
    /// missing.
    private static let maxCopiesPause: Duration = .seconds(2)

    /// Returns the time to wait before another consumer is made.
    ///
    /// - Parameter error: the reason why the last attempt failed, if it did.
    mutating func pause(at now: MonotonicTime, after error: BrokerError? = nil) -> Duration {
        defer { last = now }
        guard let last else { return .zero }
        if now - last > Self.stableTime {
            backoff.reset()
            return .zero
        }
        let pause = backoff.next()
        return error?.code == BrokerError.unavailable ? min(pause, Self.maxCopiesPause) : pause
    }
}
