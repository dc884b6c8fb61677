import Locking
import MessageBus

/// The store of accounts, shared by threads, and the version of it that the bus knows.
///
/// Safe from any thread but the bus's loop, which it would hold up.
final class SharedAccountStore: @unchecked Sendable {  // guarded by `lock`
    private let lock = Locked(())
    private let store: any AccountStore
    private var version: Int64 = 0
    private var isClosed = false
    private let publish: @Sendable (Publication) -> Void

    /// Changes of accounts, bans and mutes on their way to the bus's loop.
    struct Publication: Sendable {
        /// The changes; `nil` if there are none.
        let changes: StoredAccounts?
        /// The connection that asked for them; 0 if none did.
        let connection: UInt64
        /// The function to be called when they are in memory, before anybody is told.
        let then: @Sendable () -> Void

        init(
            changes: StoredAccounts?, connection: UInt64, then: @escaping @Sendable () -> Void
        ) {
            self.changes = changes
            self.connection = connection
            self.then = then
        }
    }

    /// The error of an operation on a store that is closed.
    struct Closed: Error, CustomStringConvertible {
        let description = "accounts: the bus is ending"
    }

    /// Makes a shared store from a store.
    ///
    /// - Parameter publish: hands changes to the bus's loop, in their order; called under the lock.
    init(_ store: any AccountStore, publish: @escaping @Sendable (Publication) -> Void) {
        self.store = store
        self.publish = publish
    }

    /// Calls a function with the store: one that reads, or writes what no `changes` tell of, such
    /// as private messages, sessions and counters.
    ///
    /// - Throws: what the function throws, or `Closed`.
    func withStore<Value: Sendable>(_ body: (any AccountStore) throws -> Value) throws -> Value {
        try lock.withLock { _ in
            guard !isClosed else { throw Closed() }
            return try body(store)
        }
    }

    /// Reads everything: publishes the accounts if `publishes` returns true, and returns the
    /// counters of failed attempts.
    ///
    /// - Parameter publishes: takes the accounts; returns true if they are to be published.
    func load(_ publishes: (StoredAccounts) -> Bool) throws -> [StoredAttempts] {
        try lock.withLock { _ in
            guard !isClosed else { throw Closed() }
            let changes = try store.changes(since: 0)
            version = changes.version
            if publishes(changes) {
                publish(Publication(changes: changes, connection: 0) {})
            }
            // There may be no file yet.
            return (try? store.attempts()) ?? []
        }
    }

    /// Calls a function that changes the store, and publishes all changes, including those made by
    /// others.
    ///
    /// - Parameters:
    ///   - connection: the connection that asks; 0 if none does.
    ///   - then: called on the loop with the result, once the change is in memory.
    /// - Throws: what the function throws, or `Closed`; `then` is not called.
    func change<Value: Sendable>(
        by connection: UInt64 = 0, _ body: (any AccountStore) throws -> Value,
        then: @escaping @Sendable (Value) -> Void
    ) throws {
        try lock.withLock { _ in
            guard !isClosed else { throw Closed() }
            let value = try body(store)
            // What can't be read now is seen with the next change, or the next look.
            let changes = try? presentChanges()
            publish(Publication(changes: changes, connection: connection) { then(value) })
        }
    }

    /// Calls a function that only looks at accounts, and answers on the loop after the changes that
    /// the function has seen and before all others.
    ///
    /// - Throws: what the function throws, or `Closed`; `then` is not called.
    func readInOrder<Value: Sendable>(
        _ body: (any AccountStore) throws -> Value, then: @escaping @Sendable (Value) -> Void
    ) throws {
        try lock.withLock { _ in
            guard !isClosed else { throw Closed() }
            // First: so the loop does not know of a newer password than the function.
            try? publishChanges()
            let value = try body(store)
            publish(Publication(changes: nil, connection: 0) { then(value) })
        }
    }

    /// Publishes what others have changed.
    func refresh() throws {
        try lock.withLock { _ in
            guard !isClosed else { throw Closed() }
            try publishChanges()
        }
    }

    private func publishChanges() throws {
        guard let changes = try presentChanges() else { return }
        publish(Publication(changes: changes, connection: 0) {})
    }

    private func presentChanges() throws -> StoredAccounts? {
        let changes = try store.changes(since: version)
        guard changes.isWhole || changes.version != version else { return nil }
        version = changes.version
        return changes
    }

    /// Closes the store.
    func close() {
        lock.withLock { _ in
            isClosed = true
            store.close()
        }
    }
}
