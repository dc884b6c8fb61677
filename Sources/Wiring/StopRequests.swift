import Synchronization

/// Requests to stop the daemon, from signals and from bridges.
///
/// Safe from any thread.
final class StopRequests: Sendable {
    private let (requests, continuation) = AsyncStream.makeStream(of: Void.self)
    private let isStarted = Atomic(false)
    private let whileStarting: @Sendable () -> Void

    /// Makes a list without requests.
    ///
    /// - Parameter whileStarting: called for a request before `stream()`, while the daemon still
    ///   opens its files: that may take long, and no message has been taken yet.
    init(whileStarting: @escaping @Sendable () -> Void) { self.whileStarting = whileStarting }

    /// Asks the daemon to stop.
    func request() {
        if isStarted.load(ordering: .acquiring) {
            continuation.yield()
        } else {
            whileStarting()
        }
    }

    /// Returns the stream of requests; from now on `whileStarting` is not called.
    func stream() -> AsyncStream<Void> {
        isStarted.store(true, ordering: .releasing)
        return requests
    }
}
