import TimeUnits

/// Timers by deadline, each at most once.
///
/// Confined to the loop. A timer that is put off stays where it is and moves when its old time
/// comes.
struct TimerQueue {
    private var heap = DeadlineHeap<LoopTimer>()

    /// Earliest time at which a timer may be due.
    var next: MonotonicTime? { heap.first?.deadline }

    mutating func set(_ timer: LoopTimer, at deadline: MonotonicTime) {
        let wasEarlier = timer.isQueued && (timer.deadline ?? .distantFuture) <= deadline
        timer.deadline = deadline
        if wasEarlier { return }
        // Rare: a timer is nearly always put off.
        if timer.isQueued { heap.removeAll { $0 === timer } }
        insert(timer, deadline)
    }

    /// Removes and returns the next timer that is due.
    mutating func popDue(_ now: MonotonicTime) -> LoopTimer? {
        while let (queuedFor, timer) = heap.popFirst(dueAt: now) {
            timer.isQueued = false
            guard let deadline = timer.deadline else { continue }
            if deadline > queuedFor {
                insert(timer, deadline)
            } else {
                timer.deadline = nil
                return timer
            }
        }
        return nil
    }

    private mutating func insert(_ timer: LoopTimer, _ deadline: MonotonicTime) {
        timer.isQueued = true
        heap.insert(timer, at: deadline)
    }
}
