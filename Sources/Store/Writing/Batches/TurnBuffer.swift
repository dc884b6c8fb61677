import MessageBus

/// The writes of the present turn of the bus's loop.
///
/// Confined to the bus's loop.
struct TurnBuffer {
    private(set) var writeBatch = WriteBatch()
    /// Messages that were lost because the queue was full.
    private(set) var lost: UInt64 = 0
    private var page: MessagePage?
    private var recordLimit = PerSecondLimit(perSecond: 1_000)

    /// True if nothing was added in this turn.
    var isEmpty: Bool { writeBatch.isEmpty && page == nil }

    /// Copies the messages of a batch that passed, and records drops and changes.
    ///
    /// - Parameter isKept: false if the queue is full: then the messages are only counted.
    mutating func append(_ batch: Batch, isKept: Bool, pages: WriteQueue) {
        let passed = batch.count - batch.drops.count
        if passed > 0, let last = batch.arena.last { writeBatch.through = last.number }
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
        if !batch.traces.isEmpty || !batch.drops.isEmpty { recordVerdicts(of: batch) }
    }

    /// Adds a request that belongs to the messages of this turn.
    mutating func append(_ request: StoreRequest) {
        writeBatch.requests.append(request)
        writeBatch.weight += request.weight
        if request.isUrgent { writeBatch.isUrgent = true }
    }

    /// Returns all writes of the turn and empties the buffer.
    mutating func dequeueBatch() -> WriteBatch {
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

    private mutating func recordVerdicts(of batch: Batch) {
        for (index, drop) in batch.drops {
            let header = batch.arena[index]
            guard recordLimit.spend(at: header.time) else { return }
            append(
                .dropped(
                    DroppedMessage(
                        number: header.number, time: header.time, kind: header.kind,
                        room: batch.room, sender: batch.arena.sender(of: header),
                        bytes: Int(header.count), origin: batch.arena.message(at: index).origin)))
            let isTraced = batch.traces.contains { $0.index == index && $0.drop != nil }
            if !isTraced {
                recordVerdict(on: header, step: batch.arena.sender(of: header).bridge, drop)
            }
        }
        for trace in batch.traces where recordLimit.spend(at: batch.arena[trace.index].time) {
            recordVerdict(on: batch.arena[trace.index], step: trace.step, trace.drop)
        }
    }

    private mutating func recordVerdict(on header: MessageHeader, step: String, _ drop: Drop?) {
        append(
            .verdict(
                StepVerdict(number: header.number, time: header.time, step: step, drop: drop)))
    }
}
