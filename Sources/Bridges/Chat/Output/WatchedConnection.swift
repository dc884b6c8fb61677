import MessageBus

/// A connection as `StalledReaders` see it.
///
/// Confined to the bus's loop.
package protocol WatchedConnection: AnyObject {
    /// The bus's number for what comes in on this connection.
    var connectionID: UInt32 { get }
    /// Bytes the kernel was given.
    var sentBytes: UInt64 { get }
    /// Bytes the other side has not confirmed.
    var unconfirmedBytes: Int { get }
    /// True if the kernel took no more the last time.
    var isBlocked: Bool { get }
    /// True while its unconfirmed bytes are watched; set by their watcher.
    var isWatched: Bool { get set }

    /// Closes at once: the other side has not confirmed a byte for too long.
    func closeAsStalled(_ bus: isolated Bus)
}
