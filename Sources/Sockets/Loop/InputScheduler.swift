/// The order in which the connections of a server go on with their input: each connection, and all
/// of them together, have a limited share of every turn of the loop.
///
/// A connection that has sent no more than a person types comes first. Confined to the loop, except
/// `stop`.
package final class InputScheduler {
    /// A connection's state in the order.
    package struct State {
        /// True if the last read brought more than a person types, or its slice was too short.
        fileprivate var isBulk = false
        /// True while the connection waits in a queue.
        package fileprivate(set) var isQueued = false

        /// Makes the state of a connection that has sent nothing.
        package init() {}

        /// Records that so many bytes were read at once.
        package mutating func recordRead(_ count: Int) {
            isBulk = count > InputScheduler.typedBytes
        }
    }

    private let loop: EventLoop
    /// Connections whose last read brought no more than a person types.
    private var typing = WaitingQueue<any ScheduledInput>()
    /// The others.
    private var bulk = WaitingQueue<any ScheduledInput>()
    /// The time of this turn that was used.
    private var used = Duration.zero
    /// The end of the present slice, by the loop's clock; the past between two slices.
    private var deadline = MonotonicTime.distantPast
    private var turnEndID = 0

    /// The time for all input in a turn: everybody else waits for about that long.
    private static let turnTime = Duration.milliseconds(1)
    /// The time that a connection may use at once, however many others wait.
    private static let sliceTime = Duration.microseconds(100)
    /// The time for what a person has typed when the turn has lasted already: a few commands.
    private static let lateSliceTime = Duration.microseconds(25)
    /// Bytes that a person may have typed since the last turn.
    private static let typedBytes = 1_024

    /// Makes a scheduler without connections, which serves its queues before the end of each turn.
    package init(on loop: EventLoop) {
        self.loop = loop
        // The loop keeps this object, not its owner, until `stop`.
        turnEndID = loop.beforeTurnEnd { self.serveQueues() }
    }

    /// True if the connection that goes on now has used up its slice; also outside of slices.
    package var isSliceOver: Bool { loop.preciseNow >= deadline }

    /// Lets a connection go on with its input now, or in a later turn if too much was done in this
    /// one.
    package func serve(_ input: any ScheduledInput) {
        loop.assertOwned()
        if input.inputState.isQueued { return }
        // Those that wait come first.
        if input.inputState.isBulk, !bulk.isEmpty { return enqueue(input) }
        let left = Self.turnTime - used
        if left > .zero {
            run(input, for: max(Self.sliceTime, left / 2))
        } else if input.inputState.isBulk || used > Self.turnTime * 2 {
            enqueue(input)
        } else {
            run(input, for: Self.lateSliceTime)
        }
    }

    /// Lets a connection go on when its turn comes, unless it is queued already.
    package func enqueue(_ input: any ScheduledInput) {
        loop.assertOwned()
        guard !input.inputState.isQueued else { return }
        input.inputState.isQueued = true
        if input.inputState.isBulk { bulk.append(input) } else { typing.append(input) }
        loop.requestTurn()
    }

    private func serveQueues() {
        let start = used
        // A connection that does not finish is queued again, for the next turn.
        var left = typing.count
        while left > 0, !typing.isEmpty, used - start < Self.turnTime / 2 {
            run(removeFirst(from: &typing), for: Self.lateSliceTime)
            left -= 1
        }
        left = bulk.count
        // One is served however much input was served directly, so that the connections that wait
        // make progress.
        if left > 0, used >= Self.turnTime {
            run(removeFirst(from: &bulk), for: Self.sliceTime)
        }
        while left > 0, !bulk.isEmpty, used < Self.turnTime {
            run(removeFirst(from: &bulk), for: max(Self.sliceTime, Self.turnTime / left))
            left -= 1
        }
        used = .zero
        if !typing.isEmpty || !bulk.isEmpty { loop.requestTurn() }
    }

    private func removeFirst(
        from queue: inout WaitingQueue<any ScheduledInput>
    ) -> any ScheduledInput {
        let input = queue.removeFirst()
        input.inputState.isQueued = false
        return input
    }

    private func run(_ input: any ScheduledInput, for time: Duration) {
        let start = loop.preciseNow
        deadline = start + time
        input.continueInput()
        let end = loop.preciseNow
        // It has sent more than anybody types, in however small pieces.
        if end >= deadline { input.inputState.isBulk = true }
        used += end - start
        deadline = .distantPast
    }

    /// Forgets the connections that wait, for an owner that ends before them.
    package func removeAll() { (typing, bulk) = (WaitingQueue(), WaitingQueue()) }

    /// Tells the loop to forget this object, soon.
    ///
    /// Safe from any thread: an owner may be released on any.
    package func stop() {
        let (loop, id) = (loop, turnEndID)
        loop.perform { loop.removeTurnEnd(id) }
    }
}
