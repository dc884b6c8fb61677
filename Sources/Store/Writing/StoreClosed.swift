import MessageBus

/// The error of a call to a store that is closed, because the daemon is stopping.
struct StoreClosed: Error, CustomStringConvertible {
    var description: String { "the store is closed" }
}
