import MessageBus

/// What the bus hands over in the present turn of its loop.
///
/// Confined to the bus's loop.
struct TurnBuffer {
    private(set) var writeBatch = WriteBatch()
    /// Messages that were not kept, because as much waited as may.
    private(set) var lost: UInt64 = 0
    private var page: MessagePage?
    private var traced = Allowance(perSecond: 1_000)

    /// Whether nothing was handed over.
    var isEmpty: Bool { writeBatch.isEmpty && page == nil }

    /// Copies what passed, and notes what was dropped or changed.
    ///
    /// - Parameter isKept: false if there is no room for it: then it is only counted.
    mutating func take(_ batch: Batch, isKept: Bool, pages: WriteQueue) {
        let passed = batch.count - batch.drops.count
        if passed > 0, let last = batch.arena.all.last { writeBatch.through = last.number }
        if !isKept {
            lost += UInt64(passed)
            return
        }
        if passed > 0 {
            var next = 0
            while next < batch.count {
                let page = self.page ?? pages.freshPage()
                self.page = page
                let end = page.append(batch.arena, from: next)
                if end < batch.count { closePage() }
                next = end
            }
        }
        if !batch.traces.isEmpty || !batch.drops.isEmpty { note(batch) }
    }

    /// Adds what belongs to the messages of this turn.
    mutating func add(_ item: Item) {
        writeBatch.items.append(item)
        writeBatch.weight += item.weight
        if item.isUrgent { writeBatch.isUrgent = true }
    }

    /// Takes all of it, and leaves an empty turn.
    mutating func finish() -> WriteBatch {
        closePage()
        lost = 0
        let finished = writeBatch
        writeBatch = WriteBatch()
        return finished
    }

    private mutating func closePage() {
        guard let page, !page.isEmpty else { return }
        writeBatch.rows += page.count
        writeBatch.weight += page.weight
        writeBatch.pages.append(page)
        self.page = nil
    }

    private mutating func note(_ batch: Batch) {
        for (index, drop) in batch.drops {
            let header = batch.arena.all[index]
            guard traced.take(at: header.time) else { return }
            add(
                .dropped(
                    DroppedMessage(
                        number: header.number, time: header.time, kind: header.kind,
                        room: batch.room, sender: batch.arena.sender(of: header),
                        bytes: Int(header.count), origin: batch.arena.message(at: index).origin)))
            let isTraced = batch.traces.contains { $0.index == index && $0.drop != nil }
            if !isTraced { note(header, step: batch.arena.sender(of: header).bridge, drop) }
        }
        for trace in batch.traces where traced.take(at: batch.arena.all[trace.index].time) {
            note(batch.arena.all[trace.index], step: trace.step, trace.drop)
        }
    }

    private mutating func note(_ header: MessageHeader, step: String, _ drop: Drop?) {
        add(
            .verdict(
                StepVerdict(number: header.number, time: header.time, step: step, drop: drop)))
    }
}
