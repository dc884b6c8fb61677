import Chat
import MessageBus
import Locking

/// What Telegram answers instead of what it is polled for: each answer is said once, and when it is
/// over.
///
/// Safe from any thread.
final class PollErrors: Sendable {
    private struct State {
        var said: Set<String> = []
        /// Whether one of them was more than a flood.
        var hasRefused = false
        var lastSaid = Duration.zero
    }

    private let log: Log
    private let watch: Stopwatch
    private let state = Locked(State())

    /// Different answers remembered.
    private static let bound = 20
    /// What comes and goes faster than that is said as one.
    private static let shortest = Duration.seconds(60)

    init(_ settings: BridgeSettings) {
        log = settings.log
        watch = settings.watch
    }

    /// Telegram has answered so.
    func note(_ apiError: BotAPIError) {
        switch apiError {
        // Said by others.
        case .unreachable, .unknownBot, .cancelled: break
        case .flood(let pause):
            guard isNew("flood", isRefusal: false) else { return }
            log.info("too much for Telegram: it is asked for nothing for \(pause)")
        case .pollConflict, .migrated, .shut, .rejected:
            guard isNew("\(apiError)", isRefusal: true) else { return }
            log.error("Telegram refuses to be asked: \(apiError). Trying again")
        }
    }

    private func isNew(_ answer: String, isRefusal: Bool) -> Bool {
        let now = watch.now()
        return state.withLock { state in
            if state.said.count >= Self.bound, !state.said.contains(answer) { state.said = [] }
            guard state.said.insert(answer).inserted else { return false }
            state.hasRefused = state.hasRefused || isRefusal
            state.lastSaid = now
            return true
        }
    }

    /// It has answered as it should.
    func end() {
        let now = watch.now()
        let isOver = state.withLock { state in
            guard !state.said.isEmpty, now - state.lastSaid >= Self.shortest else { return false }
            defer { state = State() }
            return state.hasRefused
        }
        if isOver { log.info("Telegram can be asked again") }
    }
}
