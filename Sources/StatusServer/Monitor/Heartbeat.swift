import MessageBus
import Sockets
import Synchronization
import TimeUnits

/// The proof that a loop turns: a timer of it notes the time, and another thread looks at the note.
///
/// `age` is safe from any thread; the rest is confined to the loop.
package final class Heartbeat: @unchecked Sendable {  // the timer is touched on the loop only
    private let loop: EventLoop
    private let clock: any TimeSource
    /// Nanoseconds of the last note.
    private let last: Atomic<Int64>
    private let onBeat: () -> Void
    private lazy var timer = LoopTimer { [unowned self] in self.beat() }

    /// The time between two notes.
    package static let interval: Duration = .seconds(1)
    /// The time without a note after which the loop counts as hanging.
    package static let limit: Duration = .seconds(5)

    /// Makes a heartbeat that has just begun; it goes on for as long as the loop runs.
    ///
    /// - Parameter onBeat: is called on the loop with each note.
    init(of loop: EventLoop, clock: any TimeSource, onBeat: @escaping () -> Void) {
        self.loop = loop
        self.clock = clock
        self.onBeat = onBeat
        last = Atomic(clock.monotonic().nanoseconds)
    }

    /// Begins; on the loop, or before it runs.
    func start() {
        loop.assertOwned()
        last.store(clock.monotonic().nanoseconds, ordering: .relaxed)
        loop.set(timer, after: Self.interval)
    }

    /// Ends.
    func stop() { timer.cancel() }

    /// The time since the last note.
    var age: Duration {
        max(.zero, clock.monotonic() - MonotonicTime(nanoseconds: last.load(ordering: .relaxed)))
    }

    private func beat() {
        loop.assertOwned()
        last.store(clock.monotonic().nanoseconds, ordering: .relaxed)
        loop.set(timer, after: Self.interval)
        onBeat()
    }
}
