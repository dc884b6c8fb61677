import Locking
import TimeUnits

/// A tap on the path of messages: copies of what passes now, for somebody who looks on.
///
/// It never slows the bus: what comes too fast, or is not taken in time, is only counted. Safe from
/// any thread; `record` is called on the bus's loop.
package final class MessageTap: Sendable {
    private struct State {
        var events: [TapEvent] = []
        var bytes = 0
        var missed = 0
        /// Messages that may still be copied in the second that began at `second`.
        var left = MessageTap.maxPerSecond
        var second = MonotonicTime(nanoseconds: 0)
    }

    private let filter: TapFilter
    private let state = Locked(State())
    private let signal = AsyncSignal()

    /// The most messages that are copied in a second: a copy costs about a microsecond of the loop,
    /// and nobody reads so many.
    private static let maxPerSecond = 10_000
    /// The most messages that wait to be taken.
    private static let maxEvents = 4_096
    /// The most bytes of their texts.
    private static let maxBytes = 1 << 20

    /// Makes a tap that nothing has passed.
    package init(_ filter: TapFilter) { self.filter = filter }

    /// Returns the messages that have passed since the last call, and the number of further ones
    /// that were not copied; waits if there are none.
    ///
    /// - Throws: `CancellationError`.
    package func next() async throws -> (events: [TapEvent], missed: Int) {
        while true {
            let taken = state.withLock { state in
                defer { (state.events, state.bytes, state.missed) = ([], 0, 0) }
                return (state.events, state.missed)
            }
            if !taken.0.isEmpty || taken.1 > 0 { return taken }
            try await signal.wait()
        }
    }

    /// Copies the messages of a judged batch that the tap is about.
    func record(
        _ batch: Batch, by attachment: BridgeAttachment, common: Chain, uptime: MonotonicTime
    ) {
        if let bridge = filter.bridge, bridge != attachment.name { return }
        if let room = filter.room, room != batch.room { return }
        if filter.judgements == .dropped, batch.drops.isEmpty { return }
        let isAnything = state.withLock { state in
            if uptime - state.second >= .seconds(1) {
                state.second = uptime
                state.left = Self.maxPerSecond
            }
            let wasAnything = !state.events.isEmpty || state.missed > 0
            let steps = TapSteps(batch, attachment.chain, common)
            for (index, header) in batch.arena.all.enumerated()
            where header.isSaid && filter.shows(isDropped: header.flags.contains(.dropped)) {
                guard state.left > 0, state.events.count < Self.maxEvents,
                    state.bytes + Int(header.count) <= Self.maxBytes
                else {
                    state.missed += 1
                    continue
                }
                let event = TapEvent(batch, index, steps)
                state.left -= 1
                state.bytes += event.text?.count ?? 0
                state.events.append(event)
            }
            return !wasAnything && (!state.events.isEmpty || state.missed > 0)
        }
        if isAnything { signal.send() }
    }
}

/// The actions of the steps on the messages of a batch.
private struct TapSteps {
    let byIndex: [Int: [TapEvent.Step]]
    let drops: [Int: Drop]
    /// True if the text of a dropped message must not be shown: a step that masks secrets may not
    /// have reached it.
    let hidesDropped: Bool

    init(_ batch: Batch, _ own: Chain, _ common: Chain) {
        var steps: [Int: [TapEvent.Step]] = [:]
        for trace in batch.traces {
            steps[trace.index, default: []].append(
                TapEvent.Step(label: trace.step, drop: trace.drop))
        }
        byIndex = steps
        drops = Dictionary(batch.drops.map { ($0.index, $0.drop) }) { first, _ in first }
        hidesDropped =
            !batch.drops.isEmpty
            && (own.steps + common.steps).contains { $0.middleware is any SecretMasking }
    }
}

extension TapEvent {
    /// Copies a message of a judged batch.
    fileprivate init(_ batch: Batch, _ index: Int, _ judged: TapSteps) {
        let header = batch.arena[index]
        let drop = judged.drops[index]
        let isHidden =
            header.flags.contains(.isPrivate) || drop != nil && judged.hidesDropped
        number = header.number
        time = header.time
        kind = header.kind
        room = batch.room
        sender = batch.arena.sender(of: header)
        receiver =
            header.flags.contains(.isPrivate) ? batch.arena.details(of: header)?.other : nil
        text = unsafe isHidden ? nil : Array(batch.arena.text(header))
        count = Int(header.count)
        steps = judged.byIndex[index] ?? []
        self.drop = drop
    }
}
