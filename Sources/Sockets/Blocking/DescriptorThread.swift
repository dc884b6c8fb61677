import Synchronization

/// The thread of a descriptor that must stay blocking; its wait can be interrupted.
///
/// Safe from any thread, except `wait`, which only the thread itself calls. It never closes the
/// descriptor.
final class DescriptorThread: Sendable {
    let descriptor: Int32
    private let action: StaticString
    private let subject: String
    private let wakeup: Wakeup
    private let isStarted = Atomic(false)

    /// Makes a thread that has not started yet.
    ///
    /// - Parameters:
    ///   - action: verb for errors and for the thread's name: `read`.
    ///   - subject: name of the descriptor in errors: `standard input`.
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    init(
        _ descriptor: Int32, to action: StaticString, _ subject: String
    ) throws(SocketError) {
        self.descriptor = descriptor
        self.action = action
        self.subject = subject
        wakeup = try Wakeup()
    }

    /// Starts the thread with a function; interrupts its wait if it runs already.
    ///
    /// - Throws: `SocketError` when the system gives no more threads.
    func wake(_ run: @escaping @Sendable () -> Void) throws(SocketError) {
        if isStarted.exchange(true, ordering: .acquiringAndReleasing) {
            wakeup.signal()
        } else {
            try DedicatedThread.start(named: "\(action) \(descriptor)", run)
        }
    }

    /// Ends the present or the next wait.
    func signal() { wakeup.signal() }

    /// Waits until the descriptor is ready for some of the events, has failed, or `signal()` is
    /// called.
    ///
    /// - Parameter milliseconds: the longest wait; -1 for ever.
    func wait(for events: PollEvents, milliseconds: Int32 = -1) -> PollEvents {
        wakeup.wait(for: events, on: descriptor, milliseconds: milliseconds)
    }

    /// Waits until `signal()` is called or the time is over.
    func wait(milliseconds: Int32 = -1) { _ = wakeup.wait(milliseconds: milliseconds) }

    /// Returns the error of a failed call on the descriptor.
    func error(_ code: Int32) -> SocketError { SocketError("\(action) \(subject)", errno: code) }

    /// Returns an error with a reason in words.
    func error(reason: String) -> SocketError {
        SocketError("\(action) \(subject)", reason: reason)
    }
}
