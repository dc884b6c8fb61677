import Synchronization

/// Who asks the daemon to stop: signals, and bridges that have come to their end.
///
/// Safe from any thread.
final class StopRequests: Sendable {
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    private let hasBegun = Atomic(false)
    private let whileStarting: @Sendable () -> Void

    /// - Parameter whileStarting: called for a request that nobody would hear, because the daemon
    ///   still opens what it needs: that may take long, and nothing has been taken in yet.
    init(whileStarting: @escaping @Sendable () -> Void) { self.whileStarting = whileStarting }

    /// Asks the daemon to stop.
    func request() {
        if hasBegun.load(ordering: .acquiring) {
            continuation.yield()
        } else {
            whileStarting()
        }
    }

    /// Begins to hear requests.
    func begin() -> AsyncStream<Void> {
        hasBegun.store(true, ordering: .releasing)
        return stream
    }
}
