import Chat
import MessageBus
import Locking

/// The answers that the poll is given instead of updates: each is logged once, and their end too.
///
/// Owned by the connection's status; safe from any thread.
final class PollErrors: Sendable {
    private struct State {
        /// Answers that were logged.
        var logged: Set<String> = []
        /// True if one of them was more than a flood.
        var hasRefused = false
        var lastLogged = Duration.zero
    }

    private let log: Log
    private let time: PauseClock
    private let state = Locked(State())

    /// The most answers remembered.
    private static let bound = 20
    /// Answers that come and go within this time are logged as one.
    private static let minPause = Duration.seconds(60)

    init(_ settings: BridgeSettings) {
        log = settings.log
        time = settings.time
    }

    /// Records an answer.
    func record(_ apiError: BotAPIError) {
        switch apiError {
        // Logged by others.
        case .unreachable, .unknownBot, .cancelled: break
        case .flood(let pause):
            guard isNew("flood", isRefusal: false) else { return }
            log.info(
                "Telegram asks for a pause (too many requests): not polling for \(pause)")
        case .pollConflict, .migrated, .blocked, .rejected:
            guard isNew("\(apiError)", isRefusal: true) else { return }
            log.error("Telegram refuses to be polled: \(apiError). Trying again")
        }
    }

    private func isNew(_ answer: String, isRefusal: Bool) -> Bool {
        let now = time.now()
        return state.withLock { state in
            if state.logged.count >= Self.bound, !state.logged.contains(answer) {
                state.logged = []
            }
            guard state.logged.insert(answer).inserted else { return false }
            state.hasRefused = state.hasRefused || isRefusal
            state.lastLogged = now
            return true
        }
    }

    /// Records that the poll was given updates.
    func end() {
        let now = time.now()
        let isOver = state.withLock { state in
            guard !state.logged.isEmpty, now - state.lastLogged >= Self.minPause else {
                return false
            }
            defer { state = State() }
            return state.hasRefused
        }
        if isOver { log.info("polling works again") }
    }
}
