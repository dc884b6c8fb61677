/// Timers by deadline: a binary heap that contains each at most once.
///
/// Confined to the loop. A timer that is put off stays where it is and moves when its old time
/// comes.
struct TimerQueue {
    private var heap: [(deadline: Int64, timer: LoopTimer)] = []

    /// Earliest time at which a timer may be due.
    var next: Int64? { heap.first?.deadline }

    mutating func set(_ timer: LoopTimer, at deadline: Int64) {
        let wasEarlier = timer.isQueued && (timer.deadline ?? .max) <= deadline
        timer.deadline = deadline
        if wasEarlier { return }
        if timer.isQueued {
            // Rare: a timer is nearly always put off. A sorted array is a heap.
            heap.removeAll { $0.timer === timer }
            heap.sort { $0.deadline < $1.deadline }
        }
        push(timer, deadline)
    }

    /// Removes and returns the next timer that is due.
    mutating func popDue(_ now: Int64) -> LoopTimer? {
        while let first = heap.first, first.deadline <= now {
            pop()
            guard let deadline = first.timer.deadline else { continue }
            if deadline > first.deadline {
                push(first.timer, deadline)
            } else {
                first.timer.deadline = nil
                return first.timer
            }
        }
        return nil
    }

    private mutating func push(_ timer: LoopTimer, _ deadline: Int64) {
        timer.isQueued = true
        heap.append((deadline, timer))
        var child = heap.count - 1
        while child > 0, heap[child].deadline < heap[(child - 1) / 2].deadline {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
        if heap.count == 1 { heap.reserveCapacity(64) }
    }

    private mutating func pop() {
        heap[0].timer.isQueued = false
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].deadline < heap[least].deadline {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
