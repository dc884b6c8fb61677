import Chat
import Locking
import MessageBus

/// The pace at which messages are sent to a chat: it limits the messages to this chat and to all
/// chats, allows one at a time, and none before a flood is over.
///
/// Shared by the outboxes of the chat's topics and the drop notices; safe from any thread.
final class ChatPace: Sendable {
    /// The pace of all chats together: 30 messages a second, a few of which are left to other
    /// programs that use the token.
    ///
    /// Shared by the paces of the chats; safe from any thread.
    final class Total: Sendable {
        private let bucket: Locked<TokenBucket>

        init(_ time: PauseClock) {
            bucket = Locked(
                TokenBucket(capacity: 25, refill: .milliseconds(40), now: time.now()))
        }

        fileprivate func timeToNext(_ now: Duration) -> Duration {
            bucket.withLock { $0.timeToNext(now) }
        }
        fileprivate func spend(_ now: Duration) { bucket.withLock { $0.spend(now) } }
    }

    private struct State {
        var bucket: TokenBucket
        var notBefore = Duration.zero
    }

    /// Held by whoever sends to this chat: one message at a time.
    let lock = AsyncLock()
    private let time: PauseClock
    private let total: Total
    private let state: Locked<State>

    /// The number of messages that may be sent at once: together with the refill they make 20 in
    /// any minute, the limit of a group.
    private static let burst = 5
    private static let refill = Duration.seconds(4)
    /// The time from one message to the next.
    private static let spacing = Duration.seconds(1)
    /// Time added to the wait that Telegram asks for, as its clock need not agree with ours.
    private static let margin = Duration.milliseconds(250)

    init(_ time: PauseClock, _ total: Total) {
        self.time = time
        self.total = total
        state = Locked(
            State(bucket: TokenBucket(capacity: Self.burst, refill: Self.refill, now: time.now())))
    }

    /// Counts a message and returns zero if it may be sent now; else returns the time until it may.
    func reserveMessage() -> Duration {
        let now = time.now()
        return state.withLock { state in
            let left = max(
                state.notBefore - now, state.bucket.timeToNext(now), total.timeToNext(now))
            if left > .zero { return left }
            state.bucket.spend(now)
            total.spend(now)
            state.notBefore = now + Self.spacing
            return .zero
        }
    }

    /// Lets nothing be sent for a time.
    func block(for pause: Duration) {
        let now = time.now()
        state.withLock { state in
            state.notBefore = max(state.notBefore, now + pause + Self.margin)
            state.bucket.drain(now)
        }
    }
}
