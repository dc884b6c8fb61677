import Locking

/// The order in which the connections of this process get to write a file.
///
/// SQLite has none: whoever waits for its lock sleeps and asks again, and misses the moment between two
/// transactions of a connection that writes without a break. Here a connection that begins keeps all
/// others from beginning until it has the lock, so that nobody waits for more than the transaction under
/// way. Safe from any thread.
package final class WriterTurns: Sendable {
    private let beginning = Locked(())

    /// Makes an order for a file.
    package init() {}

    /// Calls a function that begins a transaction when no other connection is about to.
    func begin(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        let result = beginning.withLock { _ in
            Result { () throws(StoreError) in try body() }
        }
        try result.get()
    }
}
