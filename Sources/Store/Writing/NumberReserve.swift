/// Numbers that may be given: reserved on the disk ahead, so that none is ever given twice.
///
/// Safe from any thread.
final class NumberReserve: Sendable {
    private struct State {
        /// The next to be given.
        var next: UInt64 = 1
        /// All below that are reserved on the disk.
        var end: UInt64 = 1
        var isShort = true
    }

    /// Numbers that are reserved more when there are fewer than that: what the bus takes at once.
    static let block: UInt64 = 1 << 16

    private let monitor = Monitor(State())

    /// Begins behind all that may have been given.
    func begin(at number: UInt64) {
        monitor.withLock { $0 = State(next: max(number, 1), end: max(number, 1)) }
    }

    /// Moves on past numbers that turn out to have been given.
    func skip(below number: UInt64) {
        monitor.withLock { state in
            guard number > state.next else { return }
            state.next = number
            state.end = max(state.end, number)
            state.isShort = state.end - state.next < Self.block
        }
    }

    /// Whether more are to be reserved.
    var isShort: Bool { monitor.withLock { $0.isShort } }

    /// What is to be reserved next: all numbers below it.
    var target: UInt64? {
        monitor.withLock { state in
            state.isShort ? max(state.end, state.next) + 2 * Self.block : nil
        }
    }

    /// The next that will be given.
    var first: UInt64 { monitor.withLock { $0.next } }

    /// All below that are reserved, given or not.
    var end: UInt64 { monitor.withLock { $0.end } }

    /// Takes what was reserved on the disk.
    func extend(to number: UInt64) {
        monitor.withLock { state in
            state.end = max(state.end, number)
            state.isShort = state.end - state.next < Self.block
        }
        monitor.wake()
    }

    /// Gives so many numbers and returns the first.
    ///
    /// - Parameters:
    ///   - ask: has more reserved.
    ///   - force: reserves up to a number itself, when nobody else did for a second.
    func take(_ count: UInt64, ask: () -> Void, force: (UInt64) -> Void) -> UInt64 {
        let (first, isShort) = monitor.withLock { give(count, from: &$0) }
        if isShort { ask() }
        if let first { return first }
        let deadline = monotonicNow() + 1_000_000_000
        let late: UInt64? = monitor.wait { state in
            if let first = give(count, from: &state).first { return .done(first) }
            return monotonicNow() < deadline ? .sleep(until: deadline) : .done(nil)
        }
        if let late { return late }
        let forced = monitor.withLock { state in
            defer { state.end = max(state.end, state.next) }
            state.end = max(state.end, state.next + count)
            return (give(count, from: &state).first ?? state.next, state.end)
        }
        force(forced.1)
        return forced.0
    }

    private func give(_ count: UInt64, from state: inout State) -> (first: UInt64?, isShort: Bool) {
        let hasEnough = state.end - state.next >= count
        let first = state.next
        if hasEnough { state.next += count }
        let wasShort = state.isShort
        state.isShort = !hasEnough || state.end - state.next < Self.block
        return (hasEnough ? first : nil, state.isShort && !wasShort || !hasEnough)
    }
}
