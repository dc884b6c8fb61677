import Locking
import Synchronization

/// How far the store is, for everybody who wants to know.
///
/// Safe from any thread.
final class StoreStatus: Sendable {
    private let committedNumber = Atomic<UInt64>(0)
    private let opened = Atomic<UInt64>(0)
    private let damage = Atomic<Bool>(false)
    private let observer = Locked(Observer())

    /// A function in a mutex of its own would be wrapped once more by each `withLock`, for ever.
    private struct Observer {
        var function: (@Sendable () -> Void)?
    }

    /// The number up to which every message taken is kept.
    var committed: UInt64 { committedNumber.load(ordering: .acquiring) }

    /// Moves it, never back.
    func commit(through number: UInt64) {
        // The store's thread is the only one that writes.
        if number > committed { committedNumber.store(number, ordering: .releasing) }
    }

    /// How often the file was opened: a connection of an earlier time may be to another file.
    var generation: UInt64 { opened.load(ordering: .acquiring) }

    /// Has readers open the file anew.
    func reopen() { opened.add(1, ordering: .releasing) }

    /// Whether somebody found the index of words damaged.
    var isIndexDamaged: Bool { damage.load(ordering: .relaxed) }

    /// Notes that the index of words is damaged, or that it was made anew.
    func noteDamage(_ isDamaged: Bool) { damage.store(isDamaged, ordering: .relaxed) }

    /// Has a function called when something has changed.
    func observe(_ function: @escaping @Sendable () -> Void) {
        observer.withLock { $0.function = function }
    }

    /// Tells that something has changed.
    func tell() { observer.withLock { $0.function }?() }
}
