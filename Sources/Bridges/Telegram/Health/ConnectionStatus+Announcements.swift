import Chat
import Locking
import MessageBus

// Telling the rooms.
extension ConnectionStatus {
    /// Tells the rooms until the task is cancelled.
    func run() async throws {
        while true {
            try await changed.wait()
            await tellRooms()
            while let rest = timeToNext() {
                try await settings.time.sleep(rest)
                await tellRooms()
            }
        }
    }

    /// Returns the time until a room has to be told; nil if none has to be.
    private func timeToNext() -> Duration? {
        let now = settings.time.now()
        return state.withLock { state in
            Set(state.channels.values.map(\.room)).filter { state.told[$0] == nil }
                .compactMap { Self.failingSince($0, state) }.min()
                .map { max($0 + Self.announcementDelay - now, .milliseconds(1)) }
        }
    }

    private func tellRooms() async {
        let now = settings.time.now()
        for (room, sentence) in state.withLock({ sentences(&$0, now) }) {
            // While the bus stops nobody is told anything any more.
            _ = try? await settings.port.announce(sentence, in: room)
        }
    }

    private func sentences(_ state: inout State, _ now: Duration) -> [(String, String)] {
        var result: [(String, String)] = []
        for room in Set(state.channels.values.map(\.room)).sorted() {
            let channels = state.channels.values.filter { $0.room == room }
            let since = Self.failingSince(room, state)
            if let start = state.told[room] {
                guard since == nil, !channels.contains(where: \.isLate) else { continue }
                let most = channels.map(\.late).max { $0.delivered < $1.delivered }
                let sentence = settings.phrases.telegramAnswers(
                    delivered: most?.delivered ?? 0, isMore: most?.hasMore ?? false,
                    late: now - start)
                result.append((room, sentence))
                state.told[room] = nil
                for name in state.channels.keys where state.channels[name]?.room == room {
                    state.channels[name]?.late.forgetDelivered()
                }
            } else if let since, now - since >= Self.announcementDelay {
                let most = channels.map(\.backlog).max { $0.count < $1.count }
                let sentence = settings.phrases.telegramIsSilent(
                    waiting: most?.count ?? 0, isMore: most?.hasMore ?? false)
                result.append((room, sentence))
                state.told[room] = since
            }
        }
        return result
    }

    /// Returns the time since which no message of a room gets through; nil if messages do.
    static func failingSince(_ room: String, _ state: State) -> Duration? {
        let observers =
            [Observer.poll]
            + state.channels.filter { $0.value.room == room }.map { .channel($0.key) }
        return observers.compactMap { state.failing[$0]?.since }.min()
    }
}
