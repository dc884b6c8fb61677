import MessageBus
import Sockets

/// A bridge that runs, with the entry that it was made of or that it goes on under.
struct RunningBridge: Sendable {
    /// The entry in the present configuration.
    var entry: BridgeEntry
    let supervised: SupervisedBridge
    /// The bridge's own threads.
    let pool: ThreadPool

    /// Its place on the bus.
    var attachment: BridgeAttachment { supervised.attachment }
}
