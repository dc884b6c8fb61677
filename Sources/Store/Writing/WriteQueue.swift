import MessageBus
import Synchronization
import TimeUnits

/// The queue of writes from the bus's loop, and from any task, to the store's thread.
///
/// Safe from any thread. All its times are of `KernelClock.monotonic`, by which the thread sleeps.
final class WriteQueue: Sendable {
    /// Limits of what may wait, and for how long.
    struct Limits: Sendable {
        /// Bytes that may wait.
        ///
        /// Beyond that sources are read more slowly; while writing fails, new messages are lost.
        var bytes = 64 << 20
        /// The time from the first message to its commit.
        var delay: Duration = .milliseconds(10)
        /// Messages that are worth a commit before `delay` is over.
        var rows = 4_096
        /// The most messages in one transaction: few enough for a commit of about 10 ms.
        var rowsAtOnce = 8_192
    }

    /// The next job of the store's thread.
    enum Job {
        case commit
        /// Reserve numbers in the lock file, while the database fails.
        case reserve
        case background
        case close
    }

    private struct State {
        var batches: [WriteBatch] = []
        var pool: [MessagePage] = []
        /// Bytes in the queue and in the thread's hands.
        var weight = 0
        var rows = 0
        /// Messages in the thread's hands.
        var rowsTaken = 0
        /// Time when the first of the waiting batches came.
        var first = MonotonicTime.distantPast
        /// Time when the first of the batches in the thread's hands came; `nil` if it has none.
        var firstTaken: MonotonicTime?
        var isUrgent = false
        var isLagging = false
        var isFailing = false
        /// Time when the thread retries its uncommitted batches; `nil` if there is no failure.
        var retry: MonotonicTime?
        var lost: UInt64 = 0
        var through: MessageNumber = 0
        var isClosing = false
        var isClosed = false
        /// True while the thread sleeps until it is woken.
        var isAsleep = false
    }

    let limits: Limits
    private let monitor: Monitor<State>
    private let conditionCode = Atomic<UInt8>(StoreCondition.keepsUp.rawValue)
    /// Pages kept for reuse: half a megabyte each.
    private static let pooledPages = 16

    init(_ limits: Limits) {
        self.limits = limits
        monitor = Monitor(State())
    }

    /// The state of writing: keeping up, lagging or failing.
    var condition: StoreCondition {
        StoreCondition(rawValue: conditionCode.load(ordering: .relaxed)) ?? .fails
    }

    // MARK: - Handing over

    /// Returns an empty page, a used one if possible.
    func freshPage() -> MessagePage { monitor.withLock { $0.pool.popLast() } ?? MessagePage() }

    /// Enqueues the writes of a turn of the loop.
    func enqueue(_ writeBatch: WriteBatch, lost: UInt64) {
        var writeBatch = writeBatch
        enqueue(&writeBatch, lost: lost)
    }

    private func enqueue(_ writeBatch: inout WriteBatch, lost: UInt64) {
        let (wakes, isOpen) = monitor.withLock { state -> (Bool, Bool) in
            state.lost += lost
            if state.isClosed { return (false, false) }
            if state.batches.isEmpty { state.first = KernelClock.monotonic }
            state.rows += writeBatch.rows
            state.weight += writeBatch.weight
            state.isUrgent = state.isUrgent || writeBatch.isUrgent
            state.through = max(state.through, writeBatch.through)
            merge(writeBatch, into: &state)
            update(&state)
            let isDue = state.isUrgent || state.rows >= limits.rows
            defer { if state.isAsleep || isDue { state.isAsleep = false } }
            return (state.retry == nil && (state.isAsleep || isDue), true)
        }
        if wakes { monitor.wake() }
        if !isOpen { for request in writeBatch.requests { request.fail(StoreClosed()) } }
    }

    /// Enqueues a request from outside the loop's turns.
    func enqueue(_ request: StoreRequest) {
        enqueue(
            WriteBatch(requests: [request], weight: request.weight, isUrgent: request.isUrgent),
            lost: 0)
    }

    /// Adds a batch to the last one that waits, so that small turns share pages and a transaction.
    private func merge(_ writeBatch: WriteBatch, into state: inout State) {
        guard let last = state.batches.indices.last,
            state.batches[last].rows + writeBatch.rows <= limits.rows
        else {
            state.batches.append(writeBatch)
            return
        }
        for page in writeBatch.pages {
            let tail = state.batches[last].pages.last
            if page.count < MessagePage.capacity / 2, tail?.append(page) == true {
                recycle(page, in: &state)
            } else {
                state.batches[last].pages.append(page)
            }
        }
        state.batches[last].requests += writeBatch.requests
        state.batches[last].rows += writeBatch.rows
        state.batches[last].weight += writeBatch.weight
        state.batches[last].through = max(state.batches[last].through, writeBatch.through)
    }

    private func recycle(_ page: MessagePage, in state: inout State) {
        page.removeAll()
        if state.pool.count < Self.pooledPages { state.pool.append(page) }
    }

    private func update(_ state: inout State) {
        // Lagging lasts until half is gone, so that sources do not stop and go with every commit.
        state.isLagging = state.weight > (state.isLagging ? limits.bytes / 2 : limits.bytes)
        let condition: StoreCondition =
            switch (state.isFailing, state.isLagging) {
            case (false, false): .keepsUp
            case (false, true): .lags
            case (true, false): .fails
            case (true, true): .failsAndIsFull
            }
        conditionCode.store(condition.rawValue, ordering: .relaxed)
    }

    // MARK: - The store's thread

    /// Waits for the next job.
    ///
    /// - Parameters:
    ///   - background: time of the next background work; `nil` if there is none.
    ///   - topsUp: returns true if numbers are to be reserved although nothing waits.
    ///   - mayReserve: true if they may be reserved while the database fails.
    func nextJob(background: MonotonicTime?, topsUp: () -> Bool, mayReserve: Bool = true) -> Job {
        monitor.wait { state in
            if state.isClosing { return .done(.close) }
            let now = KernelClock.monotonic
            if let retry = state.retry {
                if now >= retry { return .done(.commit) }
                // Otherwise the bus's loop would wait for numbers as long as the file fails.
                return mayReserve && topsUp() ? .done(.reserve) : .sleep(until: retry)
            }
            if topsUp() { return .done(.commit) }
            if let last = state.batches.last {
                let due = state.first + limits.delay
                if state.isUrgent || state.rows >= limits.rows || now >= due || last.isUrgent {
                    return .done(.commit)
                }
                if let background, background <= now { return .done(.background) }
                return .sleep(until: min(due, background ?? due))
            }
            if let background, background <= now { return .done(.background) }
            state.isAsleep = true
            return .sleep(until: background)
        }
    }

    /// Removes and returns waiting batches, as many as one transaction should hold.
    func dequeueBatches() -> [WriteBatch] {
        monitor.withLock { state in
            var rows = 0
            let count =
                state.batches.firstIndex { writeBatch in
                    defer { rows += writeBatch.rows }
                    return rows >= limits.rowsAtOnce
                } ?? state.batches.count
            let taken = Array(state.batches.prefix(count))
            state.batches.removeFirst(count)
            if count > 0 { state.firstTaken = state.firstTaken ?? state.first }
            state.rows = state.batches.reduce(0) { $0 + $1.rows }
            state.rowsTaken = taken.reduce(0) { $0 + $1.rows }
            state.isUrgent = state.batches.contains { $0.isUrgent }
            state.isAsleep = false
            return taken
        }
    }

    /// Records that batches are committed; returns the number up to which everything is stored, and
    /// how many messages were lost since the last call.
    func finish(_ batches: [WriteBatch]) -> (through: MessageNumber, lost: UInt64) {
        monitor.withLock { state in
            for writeBatch in batches {
                state.weight -= writeBatch.weight
                for page in writeBatch.pages { recycle(page, in: &state) }
            }
            state.retry = nil
            state.rowsTaken = 0
            state.firstTaken = nil
            state.isFailing = false
            update(&state)
            let lost = state.lost
            state.lost = 0
            let through = batches.reduce(0) { max($0, $1.through) }
            return (state.batches.isEmpty ? max(through, state.through) : through, lost)
        }
    }

    /// Records that writing fails, and when it is tried again.
    func fail(retryAt moment: MonotonicTime) {
        monitor.withLock { state in
            state.isFailing = true
            state.retry = moment
            update(&state)
        }
    }

    /// True if something waits.
    var hasMore: Bool { monitor.withLock { !$0.batches.isEmpty } }

    /// The number of messages that wait, those in the thread's hands included, and the number of
    /// those lost.
    var waiting: (rows: Int, lost: UInt64) {
        monitor.withLock { ($0.rows + $0.rowsTaken, $0.lost) }
    }

    /// Returns the bytes that wait or are being written, and the time since the oldest of them
    /// came.
    func backlog(at now: MonotonicTime) -> (bytes: Int, age: Duration) {
        monitor.withLock { state in
            let first = state.firstTaken ?? (state.batches.isEmpty ? nil : state.first)
            return (state.weight, first.map { max(.zero, now - $0) } ?? .zero)
        }
    }

    /// Wakes the thread, so that it looks for work.
    func wake() {
        // Under the lock once, because the thread may be between its look and its sleep.
        monitor.withLock { _ in }
        monitor.wake()
    }

    // MARK: - The end

    /// Tells the thread to write what is left and to end.
    func close() {
        monitor.withLock { $0.isClosing = true }
        monitor.wake()
    }

    /// Closes the queue; everything that still waits fails.
    func end() {
        let left = monitor.withLock { state in
            state.isClosed = true
            defer { state.batches = [] }
            return state.batches
        }
        for writeBatch in left {
            for request in writeBatch.requests { request.fail(StoreClosed()) }
        }
    }
}
