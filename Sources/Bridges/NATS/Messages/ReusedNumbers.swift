import Locking
import MessageBus

/// The numbers of messages that have been given twice, because the store was restored from a backup
/// that is older than what the stream has of this instance.
///
/// Safe from any thread. Lives as long as the bridge, over all its runs.
final class ReusedNumbers: Sendable {
    private struct State {
        /// The first number that this process may have given.
        var first: MessageNumber?
        var isKnown = false
        var range: ClosedRange<MessageNumber>?
    }

    private let state = Locked(State())
    private let known = BroadcastSignal()

    /// Makes it for a bridge that has not run yet.
    init() {}

    /// Records the first number that this process may have given; a later run changes nothing.
    func begin(at number: MessageNumber) {
        state.withLock { if $0.first == nil { $0.first = number } }
    }

    /// Records the highest number of ours that the stream has, and returns the numbers that have
    /// been given twice or would be; `nil` if there are none. Only the first call counts.
    func record(highest: MessageNumber) -> ClosedRange<MessageNumber>? {
        let range = state.withLock { state -> ClosedRange<MessageNumber>? in
            if state.isKnown { return nil }
            state.isKnown = true
            if let first = state.first, first <= highest { state.range = first...highest }
            return state.range
        }
        known.send()
        return range
    }

    /// True once it is known which numbers were given twice.
    var isKnown: Bool { state.withLock { $0.isKnown } }

    /// True if a number may be that of another message of ours in the stream.
    func contains(_ number: MessageNumber) -> Bool {
        state.withLock { $0.range?.contains(number) ?? false }
    }

    /// Returns once it is known which numbers were given twice, or when the task is cancelled.
    func untilKnown() async { await known.wait(since: 0) }
}
