import Locking
import MessageBus

/// The first checkpoints of durable bridges: the places from which they read, stored before any bridge
/// is run.
///
/// Safe from any thread.
final class InitialCheckpoints: Sendable {
    private let bus: Bus
    private let log: Log
    private let left = Locked(0)
    private let ended = BroadcastSignal()

    init(_ bus: Bus, _ log: Log) {
        self.bus = bus
        self.log = log
    }

    /// Makes each durable bridge store where it begins, on the bridge's own threads.
    ///
    /// - Returns: the tasks that do so; they are not in a group, which would wait for one that
    ///   blocks.
    func store(_ bridges: [SupervisedBridge]) -> [Task<Void, Never>] {
        bridges.compactMap { supervised in
            guard let bridge = supervised.bridge as? any DurableBridge else { return nil }
            left.withLock { $0 += 1 }
            return Task(executorPreference: supervised.executor) { [self] in
                do {
                    try await bridge.begin(Port(bus: bus, attachment: supervised.attachment))
                } catch {
                    log.warning(
                        "where it begins could not be stored yet: \(error)",
                        bridge: supervised.attachment.name)
                }
                left.withLock { $0 -= 1 }
                ended.send()
            }
        }
    }

    /// Returns when all have ended, or the task is cancelled.
    func wait() async {
        while !Task.isCancelled {
            let seen = ended.count
            if left.withLock({ $0 }) == 0 { return }
            await ended.wait(since: seen)
        }
    }
}
