import Locking
import MessageBus
import Sockets

/// A reporter of the daemon's state to the service manager that has started it.
///
/// Safe from any thread.
package final class ServiceReporter: Sendable {
    private struct State {
        var hasBegun = false
        var wasReady = false
        var isStopping = false
        var refusal: String?
    }

    /// The states of the bridges; the daemon is ready when they are.
    package let bridges = BridgeStates()
    private let notifier: ServiceNotifier
    private let whenReady: @Sendable () -> Void
    private let state = Locked(State())

    /// Makes a reporter.
    ///
    /// - Parameter whenReady: called once, when all bridges are ready for the first time.
    package init(
        _ notifier: ServiceNotifier, whenReady: @escaping @Sendable () -> Void = {}
    ) {
        self.notifier = notifier
        self.whenReady = whenReady
        bridges.observe { [weak self] in self?.report() }
        notifier.status("starting")
    }

    /// Declares which bridges there are: the daemon is ready as soon as they are.
    package func begin(with supervised: [SupervisedBridge]) {
        for bridge in supervised {
            bridges.record(.starting, of: bridge.attachment.name, isOptional: bridge.isOptional)
        }
        begin()
    }

    /// Declares that all bridges are in the table.
    func begin() {
        state.withLock { $0.hasBegun = true }
        report()
    }

    /// Declares that a reload begins; `endReload` must follow.
    package func beginReload() { notifier.reloading() }

    /// Declares that a reload has ended.
    ///
    /// - Parameter refusal: why it was refused, in a few words without values of the file; `nil` if
    ///   it was taken.
    package func endReload(refusal: String? = nil) {
        setRefusal(refusal)
        notifier.reloaded()
    }

    /// Shows why the last reload was refused, until one is taken or the file is again what runs.
    package func setRefusal(_ refusal: String?) {
        state.withLock { $0.refusal = refusal }
        report()
    }

    /// Declares that the daemon is stopping.
    package func beginStopping() {
        state.withLock { $0.isStopping = true }
        notifier.stopping()
        report()
    }

    /// Asks the manager to wait as long as some work takes, for an hour at most.
    ///
    /// - Parameter loop: a loop that turns while the work is done.
    /// - Returns: the request, which ends with `end()`; `nil` if there is no manager.
    func extendTimeout(on loop: EventLoop) -> TimeoutExtension? {
        notifier.isActive ? TimeoutExtension(notifier, on: loop) : nil
    }

    /// Makes a loop tell the manager that it turns, if the manager asks for that.
    ///
    /// Must be called on the loop, or before it starts.
    func startWatchdog(on loop: EventLoop) { Watchdog.start(notifier, on: loop) }

    private func report() {
        // Under the lock, so that the manager hears of changes in their order.
        let isFirst = state.withLock { state in
            guard state.hasBegun || state.isStopping else { return false }
            let isFirst = !state.wasReady && !state.isStopping && bridges.areReady
            if isFirst {
                state.wasReady = true
                notifier.ready()
            }
            var status = state.isStopping ? "stopping" : bridges.summary
            if let refusal = state.refusal {
                status += "; the last reload was refused: \(refusal)"
            }
            notifier.status(status)
            return isFirst
        }
        if isFirst { whenReady() }
    }
}
