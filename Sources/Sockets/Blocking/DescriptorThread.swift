import Synchronization

/// The thread of a descriptor that must stay blocking: waits for it, and can be told something
/// meanwhile.
///
/// Safe from any thread, but for `wait`, which only its own calls. The descriptor is not its own: it
/// is not closed here.
final class DescriptorThread: Sendable {
    let descriptor: Int32
    private let action: StaticString
    private let subject: String
    private let wakeup: Wakeup
    private let isStarted = Atomic(false)

    /// Makes one that has not started yet.
    ///
    /// - Parameters:
    ///   - action: what it does, in errors and in its name: `read`.
    ///   - subject: what errors call the descriptor: `standard input`.
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    init(
        _ descriptor: Int32, to action: StaticString, _ subject: String
    ) throws(SocketError) {
        self.descriptor = descriptor
        self.action = action
        self.subject = subject
        wakeup = try Wakeup()
    }

    /// Starts it with a function, or if it runs already, tells it to look again.
    ///
    /// - Throws: `SocketError` when the system gives no more threads.
    func wake(_ run: @escaping @Sendable () -> Void) throws(SocketError) {
        if isStarted.exchange(true, ordering: .acquiringAndReleasing) {
            wakeup.signal()
        } else {
            try DedicatedThread.start(named: "\(action) \(descriptor)", run)
        }
    }

    /// Ends its present or its next wait.
    func signal() { wakeup.signal() }

    /// Waits until the descriptor is ready for some of the events, has failed, or somebody signals.
    ///
    /// - Parameter milliseconds: how long at most; -1 for ever.
    func wait(for events: PollEvents, milliseconds: Int32 = -1) -> PollEvents {
        wakeup.wait(for: events, on: descriptor, milliseconds: milliseconds)
    }

    /// Waits until somebody signals, or for so long.
    func wait(milliseconds: Int32 = -1) { _ = wakeup.wait(milliseconds: milliseconds) }

    /// What has gone wrong with the descriptor.
    func error(_ code: Int32) -> SocketError { SocketError("\(action) \(subject)", errno: code) }

    /// What has gone wrong with the descriptor, in words.
    func error(reason: String) -> SocketError {
        SocketError("\(action) \(subject)", reason: reason)
    }
}
