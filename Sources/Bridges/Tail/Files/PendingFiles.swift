import Chat

/// Followers that something has to be done for, so that nobody goes through those that have nothing.
///
/// Confined to the bridge's thread.
final class PendingFiles {
    /// Those that may have something to be read, the first in line at `head`.
    private var line: [TailedFile] = []
    private var head = 0
    /// Those whose older namesake has to be read first.
    private var held: [TailedFile] = []
    /// Those whose place is to be kept.
    private var unkept: [TailedFile] = []
    private var alarms = DeadlineQueue()

    /// How many may have something to be read.
    var count: Int { line.count - head }

    /// Whether a follower can be read now.
    var hasReadable: Bool { count > 0 || held.contains { !$0.mustWait } }

    /// Puts a follower at the end of the line, unless it stands there.
    func add(_ tailed: TailedFile) {
        if tailed.isInLine { return }
        tailed.isInLine = true
        line.append(tailed)
    }

    /// The first in line.
    func next() -> TailedFile? {
        guard head < line.count else { return nil }
        let tailed = line[head]
        head += 1
        if head == line.count {
            line.removeAll(keepingCapacity: line.count < 1_024)
            head = 0
        } else if head >= 1_024, head > line.count / 2 {
            line.removeFirst(head)
            head = 0
        }
        tailed.isInLine = false
        return tailed
    }

    /// Lets a follower wait for its older namesake.
    func hold(_ tailed: TailedFile) {
        tailed.isInLine = true
        held.append(tailed)
    }

    /// Puts those in line that need not wait any longer; whether there are any.
    func release() -> Bool {
        if held.isEmpty { return false }
        let before = count
        let waiting = held
        held = []
        for tailed in waiting {
            if tailed.mustWait {
                held.append(tailed)
            } else {
                tailed.isInLine = false
                add(tailed)
            }
        }
        return count > before
    }

    // MARK: - What is to be kept

    /// Notes that the place of a follower is to be kept.
    func keep(_ tailed: TailedFile) { unkept.append(tailed) }

    /// Whether there is something to be kept.
    var hasUnkept: Bool { unkept.contains(where: \.isToBeKept) }

    /// Takes those whose place is to be kept, so many at most.
    func takeUnkept(atMost count: Int) -> [TailedFile] {
        let taken = Array(unkept.prefix(count))
        unkept.removeFirst(taken.count)
        return taken.filter { tailed in
            defer { tailed.isToBeKept = false }
            return tailed.isToBeKept
        }
    }

    /// Whether places wait to be kept that did not fit.
    var hasMoreUnkept: Bool { !unkept.isEmpty }

    // MARK: - Time

    /// When the next follower has to be looked at although nothing happens.
    var nextAlarm: Int64? { alarms.next }

    /// Sees to it that a follower is looked at at a time, or later if it is put off by then.
    func wake(_ tailed: TailedFile, at time: Int64) {
        if let alarm = tailed.alarm, alarm <= time { return }
        tailed.alarm = time
        alarms.push(time, tailed)
    }

    /// The next follower whose time has come.
    func nextDue(_ now: Int64) -> TailedFile? {
        while let (time, tailed) = alarms.popDue(now) {
            // It was set to an earlier time since.
            if tailed.alarm != time { continue }
            tailed.alarm = nil
            return tailed
        }
        return nil
    }
}

/// Followers by the time at which they are to be looked at: a binary heap.
private struct DeadlineQueue {
    private var heap: [(time: Int64, tailed: TailedFile)] = []

    var next: Int64? { heap.first?.time }

    mutating func push(_ time: Int64, _ tailed: TailedFile) {
        heap.append((time, tailed))
        var child = heap.count - 1
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popDue(_ now: Int64) -> (time: Int64, tailed: TailedFile)? {
        guard let first = heap.first, first.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            if least == parent { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
