/// The time by a loop's timers: sleeping needs no thread but the loop's, where `Task.sleep` needs
/// one of Swift's pool, which any plug-in may hold.
///
/// Safe from any thread; the loop must run as long as somebody sleeps.
public struct LoopSleep: Clock {
    /// A moment of the monotonic clock.
    public typealias Instant = ContinuousClock.Instant
    private let loop: EventLoop

    /// Makes one by a loop's timers.
    public init(_ loop: EventLoop) { self.loop = loop }

    /// The present moment.
    public var now: Instant { ContinuousClock.now }
    /// A nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Returns at a moment or a little later.
    ///
    /// - Throws: `CancellationError`, at once, when the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.perform { [loop] in sleeper.sleep(until: deadline, on: loop, continuation) }
            }
        } onCancel: {
            loop.perform { sleeper.wake() }
        }
        try Task.checkCancellation()
    }
}

/// Somebody who waits for a moment.
///
/// Confined to the loop.
private final class Sleeper: @unchecked Sendable {  // touched on the loop only
    private var isAwake = false
    private var continuation: CheckedContinuation<Void, Never>?
    /// Keeps this sleeper as long as it is set.
    private var timer: LoopTimer?

    func sleep(
        until deadline: ContinuousClock.Instant, on loop: EventLoop,
        _ continuation: CheckedContinuation<Void, Never>
    ) {
        if isAwake { return continuation.resume() }
        self.continuation = continuation
        timer = LoopTimer { self.look(deadline, loop) }
        look(deadline, loop)
    }

    /// Wakes up, or sets the timer: the loop counts from the beginning of its turn, so a timer may
    /// be due a little too early.
    private func look(_ deadline: ContinuousClock.Instant, _ loop: EventLoop) {
        let rest = ContinuousClock.now.duration(to: deadline)
        guard rest > .zero, let timer else { return wake() }
        // A hundred years; the loop's nanoseconds hold three hundred.
        let most = Duration.seconds(100 * 366 * 86_400)
        loop.set(timer, after: Int64(min(rest, most) / .nanoseconds(1)))
    }

    func wake() {
        isAwake = true
        timer?.cancel()
        timer = nil
        continuation?.resume()
        continuation = nil
    }
}
