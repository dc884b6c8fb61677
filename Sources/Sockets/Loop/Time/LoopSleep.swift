/// A clock that sleeps by a loop's timers.
///
/// `Task.sleep` needs a thread of Swift's pool, which a plug-in may block; this needs only the
/// loop's.
///
/// Safe from any thread; the loop must run as long as somebody sleeps.
public struct LoopSleep: Clock {
    /// A moment of the monotonic clock.
    public typealias Instant = ContinuousClock.Instant
    private let loop: EventLoop

    /// Makes a clock on a loop.
    public init(_ loop: EventLoop) { self.loop = loop }

    /// The present moment.
    public var now: Instant { ContinuousClock.now }
    /// A nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Sleeps until a moment, or a little longer.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
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

/// One sleep until a moment.
///
/// Confined to the loop.
private final class Sleeper: @unchecked Sendable {  // touched on the loop only
    private var isAwake = false
    private var continuation: CheckedContinuation<Void, Never>?
    /// The timer; keeps this sleeper as long as it is set.
    private var timer: LoopTimer?

    func sleep(
        until deadline: ContinuousClock.Instant, on loop: EventLoop,
        _ continuation: CheckedContinuation<Void, Never>
    ) {
        loop.assertOwned()
        if isAwake { return continuation.resume() }
        self.continuation = continuation
        timer = LoopTimer { self.wakeOrSetTimer(deadline, loop) }
        wakeOrSetTimer(deadline, loop)
    }

    /// Wakes up, or sets the timer again: the loop counts from the beginning of its turn, so a
    /// timer may fire a little early.
    private func wakeOrSetTimer(_ deadline: ContinuousClock.Instant, _ loop: EventLoop) {
        let rest = ContinuousClock.now.duration(to: deadline)
        guard rest > .zero, let timer else { return wake() }
        loop.set(timer, after: rest)
    }

    func wake() {
        isAwake = true
        timer?.cancel()
        timer = nil
        continuation?.resume()
        continuation = nil
    }
}
