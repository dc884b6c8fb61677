import Metrics
import TimeUnits

/// The counters of the whole bus since the daemon's start.
///
/// The counters of a name go on after a bridge was restarted or a chain exchanged. Confined to the
/// bus's loop.
package final class BusStatistics: @unchecked Sendable {  // touched on the loop only
    private let owner: Confinement
    /// The statistics of bridges by their names.
    private var bridges: [String: BridgeStatistics] = [:]
    /// The statistics of steps by their names, in the order in which these first came.
    private(set) var steps: [(name: String, statistics: StepStatistics)] = []
    /// Drops by the bus itself: messages of banned and muted people, texts that can't be published,
    /// messages that have been on this instance before, and messages from a bridge that only takes
    /// messages out.
    let ownDrops: StepStatistics
    /// The durations of the loop's turns.
    package private(set) var turns = Histogram()
    /// The time from the beginning of the turn that a text was read in to that turn's end, when
    /// every reader that keeps up has been sent it.
    package private(set) var messages = Histogram()
    /// Texts that have passed in the present turn.
    private var textsOfTurn = 0

    /// The name under which the bus's own drops are counted.
    package static let ownName = "bus"

    init(owner: Confinement) {
        self.owner = owner
        ownDrops = StepStatistics()
        steps = [(Self.ownName, ownDrops)]
    }

    /// Returns the statistics of a bridge, the same for the same name.
    func bridge(named name: String) -> BridgeStatistics {
        owner.assertOwned()
        if let known = bridges[name] { return known }
        let new = BridgeStatistics(owner: owner)
        bridges[name] = new
        return new
    }

    /// Forgets a bridge that no longer exists.
    func removeBridge(named name: String) {
        owner.assertOwned()
        bridges[name] = nil
    }

    /// Returns the statistics of the steps of a name.
    func step(named name: String) -> StepStatistics {
        if let known = steps.first(where: { $0.name == name }) { return known.statistics }
        let new = StepStatistics()
        steps.append((name, new))
        return new
    }

    /// Counts a batch that a bridge has brought in and the chains have judged.
    func record(_ batch: Batch, of bridge: BridgeStatistics) {
        textsOfTurn += bridge.record(batch)
    }

    /// Ends a turn of the loop: everything said in it has been sent.
    ///
    /// - Parameter time: how long it took.
    package func recordTurn(_ time: Duration) {
        owner.assertOwned()
        let nanoseconds = time.inNanoseconds
        turns.record(nanoseconds)
        guard textsOfTurn > 0 else { return }
        messages.record(nanoseconds, times: textsOfTurn)
        textsOfTurn = 0
    }
}
