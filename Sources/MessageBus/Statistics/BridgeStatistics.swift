import Locking
import Metrics

/// The counters of one bridge since the daemon's start, over all its runs.
///
/// Confined to the bus's loop, except `counter(_:)`, `recordAttempt(_:)` and `acknowledged`, which
/// are safe from any thread.
package final class BridgeStatistics: @unchecked Sendable {  // `var`s on the loop only
    private let owner: Confinement
    /// Texts and corrections that passed the chains.
    package private(set) var passed: UInt64 = 0
    /// Texts and corrections that were dropped.
    package private(set) var dropped: UInt64 = 0
    /// Joins, leaves and renames that passed the chains.
    package private(set) var notices: UInt64 = 0
    // Unchecked here and below: used for each reader in each turn, and a check of exclusive access
    // at run time takes longer than the access. Safe all the same: nothing that runs during an
    // access makes another one.
    /// Messages that its readers were handed, each reader counted.
    @safe @exclusivity(unchecked) package var deliveries: UInt64 = 0
    /// Messages that were gone before its readers came to them, each reader counted.
    @safe @exclusivity(unchecked) package var skipped: UInt64 = 0
    /// Messages that were acknowledged, by readers whose cursors outlive the process.
    ///
    /// Safe from any thread.
    package let acknowledged = Counter()
    /// Runs that ended and were followed by another one.
    package var restarts: UInt64 = 0
    /// The connections, where the bridge has some.
    package let connections = ConnectionCounts()
    private let attemptCounts = Locked(CodeCounts())
    private let counters = Locked<[MetricFamily: Counter]>([:])

    /// Makes statistics of a bridge that has done nothing.
    init(owner: Confinement = Confinement()) { self.owner = owner }

    /// Counts a batch that was judged, and returns how many texts in it passed.
    @discardableResult
    func record(_ batch: Batch) -> Int {
        owner.assertOwned()
        let drops = batch.drops.count
        guard batch.hasOtherKinds else {
            passed += UInt64(batch.count - drops)
            dropped += UInt64(drops)
            return batch.count - drops
        }
        var texts = 0
        for header in batch.arena.all {
            let isDropped = header.flags.contains(.dropped)
            switch header.kind {
            case .message, .edit: if isDropped { dropped += 1 } else { texts += 1 }
            case .join, .leave, .rename: if !isDropped { notices += 1 }
            case .deletion: break
            }
        }
        passed += UInt64(texts)
        return texts
    }

    /// Counts an attempt to deliver to the other side, by its result.
    package func recordAttempt(_ result: String) { attemptCounts.withLock { $0.record(result) } }

    /// Attempts to deliver to the other side, by their results.
    package var attempts: CodeCounts { attemptCounts.withLock { $0 } }

    /// The most counters of a bridge's own that are exposed; further ones are not shown.
    private static let maxCounters = 50

    /// Returns a counter of the bridge's own, the same one for the same family.
    package func counter(_ family: MetricFamily) -> Counter {
        counters.withLock { counters in
            if let counter = counters[family] { return counter }
            let counter = Counter()
            if counters.count < Self.maxCounters { counters[family] = counter }
            return counter
        }
    }

    /// The numbers of the bridge's own counters.
    package var ownCounts: [(family: MetricFamily, value: UInt64)] {
        counters.withLock { counters in
            counters.map { (family: $0.key, value: $0.value.value) }
                .sorted { $0.family.name < $1.family.name }
        }
    }
}
