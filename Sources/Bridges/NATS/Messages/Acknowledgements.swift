import Locking
import MessageBus

/// The messages that the stream has, and past which the store's cursor is still to be moved; that
/// goes on while the next messages are published.
///
/// Safe from any thread.
final class Acknowledgements: Sendable {
    private struct State {
        var delivered: [Delivery] = []
        /// The last message that is not for other instances, if it comes after the others.
        var passed: Delivery?
        var progress = OutboxProgress()
        var hasEnded = false
    }

    private let fleet: Fleet
    private let broker: Broker
    private let room: String
    private let state = Locked(State())
    private let changed = AsyncSignal()
    private let drained = AsyncSignal()

    /// The most messages that wait.
    private static let bound = 4_096

    init(_ fleet: Fleet, _ broker: Broker, room: String) {
        self.fleet = fleet
        self.broker = broker
        self.room = room
    }

    /// Adds messages that the stream has; waits while too many wait.
    func add(_ deliveries: [Delivery], _ progress: OutboxProgress) async throws {
        let isFull = state.withLock { state in
            state.delivered += deliveries
            state.passed = nil
            state.progress = progress
            return state.delivered.count > Self.bound
        }
        changed.send()
        if isFull { try await drained.wait() }
    }

    /// Adds a message up to which nothing is for other instances.
    func pass(_ delivery: Delivery) {
        state.withLock { $0.passed = delivery }
        changed.send()
    }

    /// Lets `run()` end when all is done.
    func end() {
        state.withLock { $0.hasEnded = true }
        changed.send()
    }

    /// Moves the cursor until the list is ended.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    func run() async throws {
        while true {
            try await changed.wait()
            while true {
                let (delivered, passed, progress) = state.withLock { state in
                    defer { (state.delivered, state.passed) = ([], nil) }
                    return (state.delivered, state.passed, state.progress)
                }
                if delivered.isEmpty, passed == nil { break }
                if !delivered.isEmpty {
                    // Stored first, so that the cursor is never ahead of the known state of the
                    // stream.
                    try await fleet.port.saveCheckpoints([
                        Checkpoint(key: OutboxProgress.checkpointKey(room), state: progress.state),
                        Checkpoint(key: Fleet.sentKey, state: broker.sent.state),
                    ])
                    try await Delivery.acknowledge(delivered)
                }
                if let passed { try await Delivery.acknowledge([passed], areDelivered: false) }
                drained.send()
            }
            if state.withLock({ $0.hasEnded && $0.delivered.isEmpty && $0.passed == nil }) {
                return
            }
        }
    }
}
