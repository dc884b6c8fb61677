import MessageBus
import Synchronization

/// What waits to be kept: a queue from the bus's loop and any task to the store's thread.
///
/// Safe from any thread.
final class WriteQueue: Sendable {
    /// How much may wait, and for how long.
    struct Limits: Sendable {
        /// Bytes; over it sources are read more slowly, and while nothing can be kept, what is said
        /// is not kept.
        var bytes = 64 << 20
        /// Nanoseconds from the first message to its commit.
        var delay: Int64 = 10_000_000
        /// Messages that are worth a commit before that.
        var rows = 4_096
        /// Messages in one transaction, if more wait: so few that a commit takes about 10 ms.
        var rowsAtOnce = 8_192
    }

    /// What the store's thread is to do next.
    enum Job {
        case commit
        /// While nothing can be kept: only numbers, in the other file.
        case reserve
        case background
        case close
    }

    private struct State {
        var handovers: [WriteBatch] = []
        var pool: [MessagePage] = []
        /// Bytes in the queue and in the thread's hands.
        var weight = 0
        var rows = 0
        /// When the first of the queue came.
        var first: Int64 = 0
        var isUrgent = false
        var isLagging = false
        var isFailing = false
        /// When the thread wants to try again what it has in its hands, or nil.
        var retry: Int64?
        var lost: UInt64 = 0
        var through: UInt64 = 0
        var isClosing = false
        var isClosed = false
        /// Whether the thread sleeps until somebody wakes it.
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

    /// Whether the store keeps up.
    var condition: StoreCondition {
        StoreCondition(rawValue: conditionCode.load(ordering: .relaxed)) ?? .fails
    }

    // MARK: - Handing over

    /// An empty page, used again if there is one.
    func freshPage() -> MessagePage { monitor.withLock { $0.pool.popLast() } ?? MessagePage() }

    /// Takes what was handed over in a turn of the loop.
    func push(_ writeBatch: WriteBatch, lost: UInt64) {
        var writeBatch = writeBatch
        push(&writeBatch, lost: lost)
    }

    private func push(_ writeBatch: inout WriteBatch, lost: UInt64) {
        let (wakes, isOpen) = monitor.withLock { state -> (Bool, Bool) in
            state.lost += lost
            if state.isClosed { return (false, false) }
            if state.handovers.isEmpty { state.first = monotonicNow() }
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
        if !isOpen { for item in writeBatch.items { item.fail(StoreClosed()) } }
    }

    /// Takes what is asked or noted outside of the loop's turns.
    func push(_ item: Item) {
        push(
            WriteBatch(items: [item], weight: item.weight, isUrgent: item.isUrgent), lost: 0)
    }

    /// Many small turns share pages and a transaction.
    private func merge(_ writeBatch: WriteBatch, into state: inout State) {
        guard let last = state.handovers.indices.last,
            state.handovers[last].rows + writeBatch.rows <= limits.rows
        else {
            state.handovers.append(writeBatch)
            return
        }
        for page in writeBatch.pages {
            let tail = state.handovers[last].pages.last
            if page.count < MessagePage.capacity / 2, tail?.append(page) == true {
                recycle(page, in: &state)
            } else {
                state.handovers[last].pages.append(page)
            }
        }
        state.handovers[last].items += writeBatch.items
        state.handovers[last].rows += writeBatch.rows
        state.handovers[last].weight += writeBatch.weight
        state.handovers[last].through = max(state.handovers[last].through, writeBatch.through)
    }

    private func recycle(_ page: MessagePage, in state: inout State) {
        page.removeAll()
        if state.pool.count < Self.pooledPages { state.pool.append(page) }
    }

    private func update(_ state: inout State) {
        // Until half is gone, so that sources do not stop and go with every commit.
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

    /// Waits for something to do.
    ///
    /// - Parameters:
    ///   - background: when there will be something to do in the background.
    ///   - topsUp: whether numbers are to be reserved although nothing waits.
    ///   - mayReserve: whether that can be tried while nothing can be kept.
    func nextJob(background: Int64?, topsUp: () -> Bool, mayReserve: Bool = true) -> Job {
        monitor.wait { state in
            if state.isClosing { return .done(.close) }
            let now = monotonicNow()
            if let retry = state.retry {
                if now >= retry { return .done(.commit) }
                // Else the bus's loop would wait for numbers as long as the file fails.
                return mayReserve && topsUp() ? .done(.reserve) : .sleep(until: retry)
            }
            if topsUp() { return .done(.commit) }
            if let last = state.handovers.last {
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

    /// Takes what waits, as much as one transaction should hold.
    func take() -> [WriteBatch] {
        monitor.withLock { state in
            var rows = 0
            let count =
                state.handovers.firstIndex { writeBatch in
                    defer { rows += writeBatch.rows }
                    return rows >= limits.rowsAtOnce
                } ?? state.handovers.count
            let taken = Array(state.handovers.prefix(count))
            state.handovers.removeFirst(count)
            state.rows = state.handovers.reduce(0) { $0 + $1.rows }
            state.isUrgent = state.handovers.contains { $0.isUrgent }
            state.isAsleep = false
            return taken
        }
    }

    /// Notes that what was taken is kept; returns the number up to which everything is, and how
    /// many messages were not kept since the last time.
    func finish(_ handovers: [WriteBatch]) -> (through: UInt64, lost: UInt64) {
        monitor.withLock { state in
            for writeBatch in handovers {
                state.weight -= writeBatch.weight
                for page in writeBatch.pages { recycle(page, in: &state) }
            }
            state.retry = nil
            state.isFailing = false
            update(&state)
            let lost = state.lost
            state.lost = 0
            let through = handovers.reduce(0) { max($0, $1.through) }
            return (state.handovers.isEmpty ? max(through, state.through) : through, lost)
        }
    }

    /// Notes that nothing can be kept until a moment.
    func fail(retryAt moment: Int64) {
        monitor.withLock { state in
            state.isFailing = true
            state.retry = moment
            update(&state)
        }
    }

    /// Whether something waits.
    var hasMore: Bool { monitor.withLock { !$0.handovers.isEmpty } }

    /// Messages that wait, and those in the hands of the thread.
    func waiting(beside handovers: [WriteBatch] = []) -> (rows: Int, lost: UInt64) {
        monitor.withLock { (($0.rows + handovers.reduce(0) { $0 + $1.rows }), $0.lost) }
    }

    /// Wakes the thread, so that it looks whether something is to be done.
    func wake() {
        // With the lock: it may be between its look and its sleep.
        monitor.withLock { _ in }
        monitor.wake()
    }

    // MARK: - The end

    /// Tells the thread to write what is left and end.
    func close() {
        monitor.withLock { $0.isClosing = true }
        monitor.wake()
    }

    /// Takes nothing more; what still waits fails.
    func end() {
        let left = monitor.withLock { state in
            state.isClosed = true
            defer { state.handovers = [] }
            return state.handovers
        }
        for writeBatch in left { for item in writeBatch.items { item.fail(StoreClosed()) } }
    }
}
