import Locking
import MessageBus
import Sockets

/// Requests that wait to be read, up to a bound.
///
/// Safe from any thread; one task takes from it.
final class WaitingRequests: Sendable {
    private struct State {
        var requests: [HTTPRouteRequest] = []
        var bytes = 0
        var isClosed = false
    }

    /// The most requests.
    private static let maxCount = 256
    /// The most bytes of their bodies, not counting the last one.
    private static let maxBytes = 16 << 20
    /// Requests that are published in one transaction.
    private static let maxAtOnce = 64

    private let state = Locked(State())
    private let changed = AsyncSignal()

    /// Adds a request; one too many is answered at once, and its sender is asked to try again.
    func add(_ request: HTTPRouteRequest) {
        let isAdded = state.withLock { state in
            guard !state.isClosed, state.requests.count < Self.maxCount,
                state.bytes < Self.maxBytes
            else { return false }
            state.requests.append(request)
            state.bytes += request.body.count
            return true
        }
        if isAdded {
            changed.send()
        } else {
            request.answer(HTTPRouteAnswer(503, "too much is waiting: try again", retryAfter: 1))
        }
    }

    /// Returns the next requests, at least one; `nil` once it is closed and empty.
    func next() async throws -> [HTTPRouteRequest]? {
        while true {
            let (requests, isClosed) = state.withLock { state in
                let requests = Array(state.requests.prefix(Self.maxAtOnce))
                state.requests.removeFirst(requests.count)
                state.bytes -= requests.reduce(0) { $0 + $1.body.count }
                return (requests, state.isClosed)
            }
            if !requests.isEmpty { return requests }
            if isClosed { return nil }
            try await changed.wait()
        }
    }

    /// Accepts no more requests; those that wait are still read.
    func close() {
        state.withLock { $0.isClosed = true }
        changed.send()
    }
}
