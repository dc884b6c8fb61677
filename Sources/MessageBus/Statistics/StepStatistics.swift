import Metrics

/// The counters of the steps of one name, in whichever chains.
///
/// Confined to the bus's loop, which `Chain` checks.
package final class StepStatistics: @unchecked Sendable {  // touched on the loop only
    /// Messages that the steps have dropped, by the code of the drop.
    package private(set) var drops = CodeCounts()

    /// Counts drops.
    func record(_ drops: some Sequence<(index: Int, drop: Drop)>) {
        for (_, drop) in drops { self.drops.record(drop.code) }
    }
}
