import Chat
import Locking
import MessageBus

// Waiting after a failure, until it is time to try again.
extension ConnectionStatus {
    /// A pause of an observer's, until it is over or there is reason to try again earlier.
    struct RetryPause: Sendable {
        let observer: Observer
        let start: Duration
        let end: Duration
    }

    /// Returns true if the last call of an observer came to nothing.
    func isFailing(_ observer: Observer) -> Bool {
        state.withLock { $0.failing[observer] != nil }
    }

    /// Waits before another try; returns false if the bus begins to stop.
    func waitToRetry(after pause: Duration, of observer: Observer) async throws -> Bool {
        let retryPause = beginRetryPause(pause, of: observer)
        while let left = timeLeft(of: retryPause) {
            let isOn = try await settings.untilStopping {
                try await self.sleep(left, of: observer)
                return true
            }
            if isOn == nil { return false }
        }
        return true
    }

    /// Begins a pause before another try.
    func beginRetryPause(_ pause: Duration, of observer: Observer) -> RetryPause {
        let now = settings.time.now()
        return RetryPause(observer: observer, start: now, end: now + pause)
    }

    /// Returns the time that a pause takes yet; nil if it is over, because Telegram answers another
    /// observer or the room is about to be told.
    func timeLeft(of retryPause: RetryPause) -> Duration? {
        let now = settings.time.now()
        return state.withLock { state in
            var end = retryPause.end
            if let failure = state.failing[retryPause.observer] {
                if failure.isWoken {
                    state.failing[retryPause.observer]?.isWoken = false
                    return nil
                }
                let finalTry = failure.since + Self.finalTryDelay
                if finalTry > retryPause.start { end = min(end, finalTry) }
            }
            return end > now ? end - now : nil
        }
    }

    /// Sleeps until a pause is over, the observer is signalled, or what waits for its chat is to be
    /// counted.
    ///
    /// - Parameter pause: nil: however long that takes.
    /// - Throws: `CancellationError`.
    func sleep(_ pause: Duration?, of observer: Observer) async throws {
        guard let signal = wakeSignals[observer] else { return }
        let pauses = [pause, timeToCount(for: observer)].compactMap(\.self)
        try await settings.time.sleep(pauses.min(), orUntil: signal)
    }

    /// Returns the time until what waits for a chat is to be counted, shortly before its room is
    /// told; nil if that is over, or not to be expected.
    private func timeToCount(for observer: Observer) -> Duration? {
        guard case .channel(let name) = observer else { return nil }
        let now = settings.time.now()
        return state.withLock { state in
            guard let room = state.channels[name]?.room, state.told[room] == nil,
                let since = Self.failingSince(room, state)
            else { return nil }
            let due = since + Self.announcementDelay - Self.countLead
            return due > now ? due - now : nil
        }
    }
}
