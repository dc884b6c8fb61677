import MessageBus
import TimeUnits

/// The background work of the store: indexing and deleting, when no message waits to be written.
///
/// Confined to the store's thread, except for its initializer. A failure here never keeps messages
/// from being stored. Its times are of `KernelClock.monotonic`, by which the thread sleeps until
/// they have come.
final class Maintenance {
    private let path: String
    private let status: StoreStatus
    private let log: Log
    private let clock: any TimeSource
    private let index = SearchIndex()
    private let scrubber = Scrubber()
    private let retention: Retention
    /// Time of the last rebuild of the index.
    private var lastRebuild: MonotonicTime?
    /// Time of the next look for what others have deleted.
    private var nextLook = MonotonicTime.distantPast

    /// The time between two rebuilds of the index.
    private static let rebuildPause: Duration = .seconds(3_600)
    /// The time between two looks for what the accounts' connections and the command line have
    /// deleted: short enough for it to be gone from the files within a minute.
    private static let lookPause: Duration = .seconds(20)
    /// The time that closing may spend on the index; the next start does the rest.
    private static let closingBudget: Duration = .milliseconds(500)

    init(
        _ path: String, status: StoreStatus, retention: Retention, log: Log, clock: any TimeSource
    ) {
        self.retention = retention
        self.clock = clock
        self.status = status
        self.path = path
        self.log = log
        retention.onExpiry = { status.recordExpiry(of: $0, through: $1) }
    }

    /// Takes over a file that was just opened.
    func open(_ connection: WriteConnection) {
        scrubber.reload()
        updateIndex(connection) { now throws(StoreError) in
            try index.load(connection, at: now)
        }
    }

    /// Records that messages were stored.
    func recordStored(through number: MessageNumber) {
        index.recordStored(through: number, at: KernelClock.monotonic)
    }

    /// Records that messages were deleted.
    func recordDeletion() {
        scrubber.recordDeletion(at: KernelClock.monotonic)
        // For the words of messages not yet indexed, which searches hold in memory.
        status.invalidateConnections()
    }

    /// Records that a durable reader is in use.
    func recordReader(_ reader: DurableReader) { retention.recordReader(reader) }

    /// Time of the next step; `nil` if there is none.
    var due: MonotonicTime? {
        if status.isIndexDamaged { return .distantPast }
        let indexDue = scrubber.isMerging ? nil : index.due
        return [retention.due, indexDue, scrubber.due ?? nextLook].compactMap(\.self).min()
    }

    /// Does one small step of the work.
    func performStep(_ connection: WriteConnection) {
        connection.assertOwned()
        if status.isIndexDamaged { return rebuildIndex(connection, at: KernelClock.monotonic) }
        let now = KernelClock.monotonic
        if scrubber.due == nil, nextLook <= now {
            nextLook = now + Self.lookPause
            scrubber.reload()
        }
        if let due = scrubber.due, due <= now { return scrub(connection, at: now) }
        if !scrubber.isMerging, let due = index.due, due <= now {
            return updateIndex(connection) { now throws(StoreError) in
                try index.advance(connection, at: now)
            }
        }
        // Only words that are in the index can be removed from it.
        guard let indexed = index.indexed else { return retention.postpone(at: now) }
        do throws(StoreError) {
            try retention.advance(connection, at: now, time: clock.wall(), indexed: indexed)
        } catch {
            retention.postpone(at: now)
            if error.mayPass { return }
            log.error("\(error); old messages stay for now")
            if error.isIndexDamaged { rebuildIndex(connection, at: now) }
        }
    }

    private func scrub(_ connection: WriteConnection, at now: MonotonicTime) {
        do throws(StoreError) {
            try scrubber.advance(connection, at: now)
        } catch {
            scrubber.postpone(at: now)
            if error.mayPass { return }
            log.error("\(error); what was deleted is not gone from the file yet")
            if error.isIndexDamaged { rebuildIndex(connection, at: now) }
        }
    }

    /// Clears and indexes as much as half a second allows, before the file is closed.
    func finishIndexing(_ connection: WriteConnection) {
        connection.assertOwned()
        let end = KernelClock.monotonic + Self.closingBudget
        if scrubber.due == nil { scrubber.reload() }
        while scrubber.due != nil, KernelClock.monotonic < end {
            do throws(StoreError) {
                try scrubber.advance(connection, at: KernelClock.monotonic)
            } catch {
                break
            }
        }
        while let due = index.due, due <= end, KernelClock.monotonic < end {
            updateIndex(connection) { now throws(StoreError) in
                try index.advance(connection, at: now)
            }
        }
    }

    private func updateIndex(
        _ connection: WriteConnection, _ body: (MonotonicTime) throws(StoreError) -> Void
    ) {
        let now = KernelClock.monotonic
        do throws(StoreError) {
            try body(now)
        } catch {
            index.postpone(at: now)
            if error.mayPass { return }
            log.error("\(error); this concerns the index of words")
            rebuildIndex(connection, at: now)
        }
    }

    private func rebuildIndex(_ connection: WriteConnection, at now: MonotonicTime) {
        status.setIndexDamaged(false)
        if let lastRebuild, now - lastRebuild < Self.rebuildPause { return }
        lastRebuild = now
        do throws(StoreError) {
            try index.rebuild(connection, at: now)
            log.warning("store: \(path): the index of words is damaged; it is rebuilt")
        } catch {
            index.postpone(at: now)
            log.error("\(error); the index of words can't be rebuilt")
        }
    }
}
