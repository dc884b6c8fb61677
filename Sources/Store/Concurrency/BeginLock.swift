import Locking

/// The lock under which the connections of this process begin to write a file.
///
/// SQLite's own lock has no order: whoever waits for it sleeps and asks again, and misses the
/// moment between two transactions of a connection that writes without a break. Here a connection
/// that begins keeps all others from beginning until it has SQLite's lock, so that nobody waits for
/// more than the transaction under way. Safe from any thread.
package final class BeginLock: Sendable {
    private let beginning = Locked(())

    /// Makes a lock for a file.
    package init() {}

    /// Calls a function that begins a transaction when no other connection is about to.
    func begin(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        let result = beginning.withLock { _ in
            Result { () throws(StoreError) in try body() }
        }
        try result.get()
    }
}
