import Chat
import Locking

/// When something may be sent: so many to a chat, so many in all, one at a time, nothing before a
/// flood is over.
///
/// Safe from any thread. The topics of a chat share its pace.
final class ChatPace: Sendable {
    /// What all chats share: 30 messages a second in all, of which some are left for whoever else
    /// uses the token.
    final class Total: Sendable {
        private let bucket: Locked<TokenBucket>

        init(_ watch: Stopwatch) {
            bucket = Locked(
                TokenBucket(capacity: 25, refill: .milliseconds(40), now: watch.now()))
        }

        fileprivate func wait(_ now: Duration) -> Duration { bucket.withLock { $0.wait(now) } }
        fileprivate func take(_ now: Duration) { bucket.withLock { $0.take(now) } }
    }

    private struct State {
        var bucket: TokenBucket
        var notBefore = Duration.zero
        var isTaken = false
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
        var lastWaiter: UInt64 = 0
    }

    private let watch: Stopwatch
    private let total: Total
    private let state: Locked<State>

    /// Messages at once: with those that the refill lets pass, 20 in any minute, as groups have it.
    private static let burst = 5
    private static let refill = Duration.seconds(4)
    /// The time from one message to the next.
    private static let spacing = Duration.seconds(1)
    /// Added to what Telegram asks for, whose clock need not be ours.
    private static let margin = Duration.milliseconds(250)

    init(_ watch: Stopwatch, _ total: Total) {
        self.watch = watch
        self.total = total
        state = Locked(
            State(bucket: TokenBucket(capacity: Self.burst, refill: Self.refill, now: watch.now())))
    }

    /// How long it takes until one may be sent; zero: now, and it is counted.
    func passOrWait() -> Duration {
        let now = watch.now()
        return state.withLock { state in
            let rest = max(state.notBefore - now, state.bucket.wait(now), total.wait(now))
            if rest > .zero { return rest }
            state.bucket.take(now)
            total.take(now)
            state.notBefore = now + Self.spacing
            return .zero
        }
    }

    /// Sends nothing for so long.
    func block(for pause: Duration) {
        let now = watch.now()
        state.withLock { state in
            state.notBefore = max(state.notBefore, now + pause + Self.margin)
            state.bucket.drain(now)
        }
    }

    // MARK: - One at a time

    /// Returns when nobody else sends to this chat; `leave()` is to follow, also when the task was
    /// cancelled meanwhile.
    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isTaken {
                    state.lastWaiter += 1
                    state.waiters.append((state.lastWaiter, continuation))
                    return false
                }
                state.isTaken = true
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Lets the next one in.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiters.isEmpty {
                state.isTaken = false
                return nil
            }
            return state.waiters.removeFirst().continuation
        }
        next?.resume()
    }
}
