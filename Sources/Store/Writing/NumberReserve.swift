import MessageBus
import TimeUnits

/// Message numbers reserved on the disk ahead of their use, so that none is ever given twice.
///
/// Safe from any thread. The bus takes whole blocks from here (`NumberAllocator`) and gives single
/// numbers on its loop, without a lock.
final class NumberReserve: Sendable {
    private struct State {
        /// The next number to be given.
        var next: MessageNumber = 1
        /// The number below which all are reserved on the disk.
        var end: MessageNumber = 1
        var isShort = true
    }

    /// The time that the bus waits for numbers before it reserves some itself.
    private static let timeout: Duration = .seconds(1)

    private let monitor = Monitor(State())

    /// Starts after all numbers that may have been given.
    func start(at number: MessageNumber) {
        monitor.withLock { $0 = State(next: max(number, 1), end: max(number, 1)) }
    }

    /// Skips numbers that turn out to have been given.
    func skip(below number: MessageNumber) {
        monitor.withLock { state in
            guard number > state.next else { return }
            state.next = number
            state.end = max(state.end, number)
            state.isShort = state.end - state.next < MessageNumber.reservationSize
        }
    }

    /// True if more numbers are to be reserved.
    var isShort: Bool { monitor.withLock { $0.isShort } }

    /// The number below which all are to be reserved next; `nil` if there are enough.
    var target: MessageNumber? {
        monitor.withLock { state in
            state.isShort ? max(state.end, state.next) + 2 * MessageNumber.reservationSize : nil
        }
    }

    /// The next number that will be given.
    var first: MessageNumber { monitor.withLock { $0.next } }

    /// The number below which all are reserved, given or not.
    var end: MessageNumber { monitor.withLock { $0.end } }

    /// Adds numbers that were reserved on the disk or, at the start, that could not be.
    func extend(to number: MessageNumber) {
        monitor.withLock { state in
            state.end = max(state.end, number)
            state.isShort = state.end - state.next < MessageNumber.reservationSize
        }
        monitor.wake()
    }

    /// Gives a block of numbers and returns the first.
    ///
    /// - Parameters:
    ///   - ask: asks the store's thread to reserve more.
    ///   - force: reserves numbers at once, after the store's thread has not done so for a
    ///     second.
    func allocate(_ count: Int, ask: () -> Void, force: (MessageNumber) -> Void) -> MessageNumber {
        let (first, isShort) = monitor.withLock { allocate(count, from: &$0) }
        if isShort { ask() }
        if let first { return first }
        let deadline = KernelClock.monotonic + Self.timeout
        let late: MessageNumber? = monitor.wait { state in
            if let first = allocate(count, from: &state).first { return .done(first) }
            return KernelClock.monotonic < deadline ? .sleep(until: deadline) : .done(nil)
        }
        if let late { return late }
        let forced = monitor.withLock { state in
            defer { state.end = max(state.end, state.next) }
            state.end = max(state.end, state.next + count)
            return (allocate(count, from: &state).first ?? state.next, state.end)
        }
        force(forced.1)
        return forced.0
    }

    private func allocate(_ count: Int, from state: inout State) -> (
        first: MessageNumber?, isShort: Bool
    ) {
        let hasEnough = state.end - state.next >= count
        let first = state.next
        if hasEnough { state.next += count }
        let wasShort = state.isShort
        state.isShort = !hasEnough || state.end - state.next < MessageNumber.reservationSize
        return (hasEnough ? first : nil, state.isShort && !wasShort || !hasEnough)
    }
}
