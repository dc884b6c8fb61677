import Locking
import MessageBus

/// The message numbers that were given twice, because the store was restored from a backup older
/// than the messages that the stream has of this instance.
///
/// Safe from any thread. Lives as long as the bridge, over all its runs.
final class ReusedNumbers: Sendable {
    private struct State {
        var isKnown = false
        var range: ClosedRange<MessageNumber>?
    }

    private let state = Locked(State())
    private let known = BroadcastSignal()

    /// Makes the record of a bridge that has not run yet.
    init() {}

    /// Records the numbers that were given twice; `nil` if none were.
    func record(_ range: ClosedRange<MessageNumber>?) {
        state.withLock { $0 = State(isKnown: true, range: range) }
        known.send()
    }

    /// True once it is known which numbers were given twice.
    var isKnown: Bool { state.withLock { $0.isKnown } }

    /// True if the stream may have another message of ours under a number.
    func contains(_ number: MessageNumber) -> Bool {
        state.withLock { $0.range?.contains(number) ?? false }
    }

    /// Returns once it is known which numbers were given twice, or when the task is cancelled.
    func untilKnown() async { await known.wait(since: 0) }
}
