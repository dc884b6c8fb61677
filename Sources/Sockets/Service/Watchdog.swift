/// A watchdog, which tells a service manager that a loop turns, twice within the time that the
/// manager allows.
///
/// Confined to the loop, which keeps it. The loop itself sends, so that the manager restarts a
/// process whose loop hangs.
package final class Watchdog {
    private let loop: EventLoop
    private let notifier: ServiceNotifier
    private let pause: Duration
    private lazy var timer = LoopTimer { self.run() }

    /// The time between two notifications at least, whatever the manager asks for.
    private static let minPause: Duration = .milliseconds(1)

    private init(_ notifier: ServiceNotifier, timeout: Duration, on loop: EventLoop) {
        self.loop = loop
        self.notifier = notifier
        pause = max(Self.minPause, timeout / 2)
    }

    /// Begins to notify, if the manager asks for it.
    ///
    /// Must be called on the loop, or before it starts.
    package static func start(_ notifier: ServiceNotifier, on loop: EventLoop) {
        guard let timeout = notifier.watchdogTimeout else { return }
        Watchdog(notifier, timeout: timeout, on: loop).run()
    }

    private func run() {
        loop.assertOwned()
        notifier.reportAlive()
        loop.set(timer, after: pause)
    }
}
