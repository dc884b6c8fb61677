import Locking
import MessageBus
import Metrics
import Synchronization
import TimeUnits

/// The progress of the store, readable by everyone.
///
/// Safe from any thread.
final class StoreStatus: Sendable {
    private let committedNumber = Atomic<UInt64>(0)
    private let opened = Atomic<UInt64>(0)
    private let damage = Atomic<Bool>(false)
    private let observer = Locked(Observer())
    private let commitTimes = Locked(Histogram())
    private let expiredNumbers = Locked<[String: MessageNumber]>([:])

    /// In a struct, because a function directly in a mutex is wrapped once more by each `withLock`.
    private struct Observer {
        var function: (@Sendable () -> Void)?
    }

    /// Number up to which every message taken is stored.
    var committed: MessageNumber {
        MessageNumber(rawValue: committedNumber.load(ordering: .acquiring))
    }

    /// Moves `committed` forward, never back.
    func recordCommitted(through number: MessageNumber) {
        // Only the store's thread writes.
        if number > committed {
            committedNumber.store(number.rawValue, ordering: .releasing)
        }
    }

    /// The numbers up to which messages were deleted for their age, by room.
    var expired: [String: MessageNumber] { expiredNumbers.withLock { $0 } }

    /// Moves the number up to which a room's messages are deleted forward, never back, and tells
    /// the observer.
    func recordExpiry(of room: String, through number: MessageNumber) {
        expiredNumbers.withLock { $0[room] = max($0[room] ?? 0, number) }
        notifyObserver()
    }

    /// The durations of transactions that were committed.
    var commits: Histogram { commitTimes.withLock { $0 } }

    /// Counts a transaction that took so long.
    func recordCommit(_ time: Duration) { commitTimes.withLock { $0.record(time.inNanoseconds) } }

    /// Number of times the file was opened; an earlier connection may be to another file.
    var generation: UInt64 { opened.load(ordering: .acquiring) }

    /// Makes readers open the file again.
    func invalidateConnections() { opened.add(1, ordering: .releasing) }

    /// True if a reader found the index of words damaged.
    var isIndexDamaged: Bool { damage.load(ordering: .relaxed) }

    /// Records that the index of words is damaged, or was rebuilt.
    func setIndexDamaged(_ isDamaged: Bool) { damage.store(isDamaged, ordering: .relaxed) }

    /// Sets the function that is called when something has changed.
    func observe(_ function: @escaping @Sendable () -> Void) {
        observer.withLock { $0.function = function }
    }

    /// Tells the observer that something has changed.
    func notifyObserver() { observer.withLock { $0.function }?() }
}
