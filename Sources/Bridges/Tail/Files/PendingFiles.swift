import Sockets

/// The queue of tailed files that need work, so that a turn never visits idle ones.
///
/// Owned by `TailedFiles`, which checks it; confined to the bridge's thread.
final class PendingFiles {
    /// Files that may have data to read; the first one is at `head`.
    private var queue: [TailedFile] = []
    private var head = 0
    /// Files that wait until the previous file of the same name has been read.
    private var held: [TailedFile] = []
    /// Files whose checkpoint has to be saved.
    private var unsaved: [TailedFile] = []
    private var alarms = DeadlineHeap<TailedFile>()

    /// The number of files that may have data to read.
    var count: Int { queue.count - head }

    /// True if a file can be read now.
    var hasReadable: Bool { count > 0 || held.contains { !$0.mustWait } }

    /// Appends a file to the queue unless it is queued already.
    func enqueue(_ tailed: TailedFile) {
        if tailed.work.isQueued { return }
        tailed.work.place = .queued
        queue.append(tailed)
    }

    /// Removes and returns the first file.
    func dequeue() -> TailedFile? {
        guard head < queue.count else { return nil }
        let tailed = queue[head]
        head += 1
        if head == queue.count {
            queue.removeAll(keepingCapacity: queue.count < 1_024)
            head = 0
        } else if head >= 1_024, head > queue.count / 2 {
            queue.removeFirst(head)
            head = 0
        }
        tailed.work.place = .none
        return tailed
    }

    /// Parks a file until the previous file of its name has been read.
    func hold(_ tailed: TailedFile) {
        tailed.work.place = .held
        held.append(tailed)
    }

    /// Queues the files that need not wait any longer.
    ///
    /// Returns true if there are any.
    func release() -> Bool {
        if held.isEmpty { return false }
        let before = count
        let waiting = held
        held = []
        for tailed in waiting {
            if tailed.mustWait {
                held.append(tailed)
            } else {
                tailed.work.place = .none
                enqueue(tailed)
            }
        }
        return count > before
    }

    // MARK: - Unsaved checkpoints

    /// Marks a file's checkpoint as unsaved.
    func enqueueUnsaved(_ tailed: TailedFile) { unsaved.append(tailed) }

    /// Removes and returns at most `count` files whose checkpoints have to be saved; they count as
    /// saved from now on.
    func dequeueUnsaved(atMost count: Int) -> [TailedFile] {
        let taken = Array(unsaved.prefix(count))
        unsaved.removeFirst(taken.count)
        return taken.filter { tailed in
            guard tailed.isToBeSaved else { return false }
            tailed.checkpoint = .saved
            return true
        }
    }

    /// True if checkpoints wait to be saved, those of stopped files included until they are
    /// dequeued.
    var hasMoreUnsaved: Bool { !unsaved.isEmpty }

    // MARK: - Time

    /// The earliest time at which a file needs work although nothing happens to it.
    var nextAlarm: MonotonicTime? { alarms.first?.deadline }

    /// Schedules work for a file at a time; an earlier alarm stays in force.
    func wake(_ tailed: TailedFile, at time: MonotonicTime) {
        if tailed.work.setAlarm(time) { alarms.insert(tailed, at: time) }
    }

    /// Removes and returns the next file whose alarm is due.
    func nextDue(_ now: MonotonicTime) -> TailedFile? {
        while let (time, tailed) = alarms.popFirst(dueAt: now) {
            if tailed.work.removeAlarm(of: time) { return tailed }
        }
        return nil
    }
}
