import MessageBus

/// The pauses between the consumers that a session makes: each stays with the broker for a minute, so
/// that something that goes wrong again and again must not make them without end.
struct ConsumerPace {
    private var backoff = Backoff(from: .milliseconds(500), to: .seconds(10))
    private var last: Int64?

    /// Milliseconds after which a consumer counts as one that worked.
    private static let longEnough: Int64 = 30_000

    /// The longest pause after an attempt that has made none, because most of the copies are away.
    private static let bound: Int64 = 2_000

    /// Returns the milliseconds to wait before another is made.
    ///
    /// - Parameter error: why the last attempt came to nothing, if it did.
    mutating func pause(at now: Int64, after error: BrokerError? = nil) -> Int64 {
        defer { last = now }
        guard let last else { return 0 }
        if now - last > Self.longEnough {
            backoff.reset()
            return 0
        }
        let pause = ThreadTime.milliseconds(backoff.next())
        return error?.code == BrokerError.unavailable ? min(pause, Self.bound) : pause
    }
}
