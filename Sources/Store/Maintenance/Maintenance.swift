import MessageBus

/// What the store does when nothing waits to be kept.
///
/// Confined to the store's thread, but for being made. Nothing that goes wrong here keeps messages
/// from being stored.
final class Maintenance {
    private let path: String
    private let status: StoreStatus
    private let log: Log
    private let clock: StoreClock
    private let index = SearchIndex()
    private let retention: Retention
    /// When the index was last begun anew.
    private var rebuilt: Int64?

    /// Nanoseconds between two attempts at a new index.
    private static let rebuildPause: Int64 = 3_600_000_000_000
    /// Nanoseconds that closing may spend on the index: the rest is done after the next start.
    private static let lastMoment: Int64 = 500_000_000

    init(
        _ path: String, status: StoreStatus, retention: Retention, log: Log, clock: StoreClock
    ) {
        self.retention = retention
        self.clock = clock
        self.status = status
        self.path = path
        self.log = log
    }

    /// Begins with a file that was just opened.
    func begin(_ writeConnection: WriteConnection) {
        attempt(writeConnection) { now throws(StoreError) in
            try index.begin(writeConnection, at: now)
        }
    }

    /// Notes that messages were stored.
    func note(through number: UInt64) { index.note(through: number, at: monotonicNow()) }

    /// Notes that somebody reads with a cursor.
    func note(_ reader: DurableReader) { retention.note(reader) }

    /// When there is something to do; `nil`: nothing is.
    var due: Int64? {
        status.isIndexDamaged ? 0 : min(retention.due, index.due ?? retention.due)
    }

    /// Does a part of what is to be done.
    func work(_ writeConnection: WriteConnection) {
        if status.isIndexDamaged { return rebuild(writeConnection, at: monotonicNow()) }
        let now = monotonicNow()
        if let due = index.due, due <= now {
            return attempt(writeConnection) { now throws(StoreError) in
                try index.advance(writeConnection, at: now)
            }
        }
        // Only what is in the index can be taken out of it.
        guard let indexed = index.indexed else { return retention.fail(at: now) }
        do throws(StoreError) {
            try retention.advance(writeConnection, at: now, time: clock.wall(), indexed: indexed)
        } catch {
            retention.fail(at: now)
            if error.mayPass { return }
            log.error("\(error); what is too old stays for now")
            if error.isIndexDamaged { rebuild(writeConnection, at: now) }
        }
    }

    /// Does what can be done in a moment, before the file is closed.
    func finish(_ writeConnection: WriteConnection) {
        let end = monotonicNow() + Self.lastMoment
        while let due = index.due, due <= end, monotonicNow() < end {
            attempt(writeConnection) { now throws(StoreError) in
                try index.advance(writeConnection, at: now)
            }
        }
    }

    private func attempt(
        _ writeConnection: WriteConnection, _ body: (Int64) throws(StoreError) -> Void
    ) {
        let now = monotonicNow()
        do throws(StoreError) {
            try body(now)
        } catch {
            index.fail(at: now)
            if error.mayPass { return }
            log.error("\(error); that is about the index of words")
            rebuild(writeConnection, at: now)
        }
    }

    private func rebuild(_ writeConnection: WriteConnection, at now: Int64) {
        status.noteDamage(false)
        if let rebuilt, now - rebuilt < Self.rebuildPause { return }
        rebuilt = now
        do throws(StoreError) {
            try index.rebuild(writeConnection, at: now)
            log.warning("store: \(path): the index of words is damaged; it is made anew")
        } catch {
            index.fail(at: now)
            log.error("\(error); the index of words can't be made anew")
        }
    }
}
