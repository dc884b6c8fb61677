import Sockets

/// A repeated request to a service manager to wait for work that takes long: until it ends, or an
/// hour has passed.
///
/// Safe from any thread.
final class TimeoutExtension: Sendable {
    /// The timer, on a loop.
    ///
    /// Confined to the loop.
    private final class Timer: @unchecked Sendable {  // handed to the loop, and touched there only
        private let loop: EventLoop
        private let notifier: ServiceNotifier
        private var rest = maxCount
        private lazy var timer = LoopTimer { [weak self] in self?.extend() }

        init(_ notifier: ServiceNotifier, on loop: EventLoop) {
            self.notifier = notifier
            self.loop = loop
        }

        func begin() { loop.set(timer, after: TimeoutExtension.pause) }

        func end() { timer.cancel() }

        private func extend() {
            loop.assertOwned()
            notifier.extend(TimeoutExtension.length)
            rest -= 1
            if rest > 0 { loop.set(timer, after: TimeoutExtension.pause) }
        }
    }

    private let loop: EventLoop
    private let timer: Timer

    /// The time between two requests, and before the first.
    private static let pause: Duration = .seconds(2)
    /// The time that is asked for each time: enough for a machine that is very busy.
    private static let length = Duration.seconds(30)
    /// Requests at most: those of an hour, because what takes longer hangs.
    private static let maxCount = 1_800

    /// Begins to ask.
    ///
    /// - Parameter loop: a loop that turns while the work is done.
    init(_ notifier: ServiceNotifier, on loop: EventLoop) {
        self.loop = loop
        timer = Timer(notifier, on: loop)
        loop.perform { [timer] in timer.begin() }
    }

    /// Asks no more.
    func end() { loop.perform { [timer] in timer.end() } }
}
