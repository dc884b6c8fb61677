import MessageBus

/// The store is closed: the daemon is stopping.
struct StoreClosed: Error, CustomStringConvertible {
    var description: String { "the store is closed" }
}
