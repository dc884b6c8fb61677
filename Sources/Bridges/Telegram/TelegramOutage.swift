import MessageBus
import Synchronization

/// Tells the rooms that Telegram does not answer, once for each outage that lasts, and when what
/// had waited is delivered.
///
/// Safe from any thread.
final class TelegramOutage: Sendable {
    /// What notices that Telegram does not answer.
    enum Source: Hashable, Sendable {
        case poll
        /// What goes out to a chat.
        case channel(String)
    }

    private struct Channel {
        let room: String
        var waiting = 0
        var isMore = false
        var delivered = 0
    }

    private struct State {
        var failing: [Source: Duration] = [:]
        var channels: [String: Channel]
        /// Rooms that were told, and since when Telegram had not answered.
        var told: [String: Duration] = [:]
    }

    private let settings: TelegramSettings
    private let state: Mutex<State>
    private let bell = Bell()

    /// How long an outage lasts before anybody is told.
    private static let longEnough = Duration.seconds(30)

    init(_ settings: TelegramSettings, _ bindings: [TelegramChats.Binding]) {
        self.settings = settings
        let channels = bindings.map { ($0.channel, Channel(room: $0.room)) }
        state = Mutex(State(channels: Dictionary(channels) { first, _ in first }))
    }

    // MARK: - What happens

    /// A call went well.
    func success(of source: Source) {
        let isOver = state.withLock { state in
            state.failing.removeValue(forKey: source) != nil && state.failing.isEmpty
        }
        guard isOver else { return }
        settings.log.info("Telegram answers again")
        bell.ring()
    }

    /// A call came to nothing: an answer that Telegram itself gave ends an outage as a success does.
    func note(_ trouble: BotTrouble, of source: Source) {
        switch trouble {
        case .unreachable(let reason, _): failure(of: source, reason)
        case .cancelled: break
        case .flood, .migrated, .unknownBot, .conflict, .shut, .rejected: success(of: source)
        }
    }

    /// A call failed.
    func failure(of source: Source, _ reason: String) {
        let now = settings.watch.now()
        let (isFirst, isNew) = state.withLock { state in
            defer { if state.failing[source] == nil { state.failing[source] = now } }
            return (state.failing.isEmpty, state.failing[source] == nil)
        }
        if isFirst { settings.log.warning("Telegram does not answer: \(reason). Trying again") }
        if isNew { bell.ring() }
    }

    /// So many messages wait for a chat.
    func note(waiting: Int, isMore: Bool, for channel: String) {
        state.withLock { state in
            state.channels[channel]?.waiting = waiting
            state.channels[channel]?.isMore = isMore
        }
    }

    /// So many were delivered to a chat, and so many still wait.
    func note(delivered: Int, waiting: Int, to channel: String) {
        let isTold = state.withLock { state in
            guard let room = state.channels[channel]?.room else { return false }
            state.channels[channel]?.waiting = waiting
            state.channels[channel]?.isMore = false
            guard state.told[room] != nil else { return false }
            state.channels[channel]?.delivered += delivered
            return true
        }
        if isTold { bell.ring() }
    }

    // MARK: - What is told

    /// Tells until the task is cancelled.
    func run() async throws {
        while true {
            try await bell.wait()
            await tell()
            while let rest = untilNext() {
                try await settings.watch.sleep(rest)
                await tell()
            }
        }
    }

    /// How long it takes until a room has to be told; nil if none has to be.
    private func untilNext() -> Duration? {
        let now = settings.watch.now()
        return state.withLock { state in
            Set(state.channels.values.map(\.room)).filter { state.told[$0] == nil }
                .compactMap { Self.failingSince($0, state) }.min()
                .map { max($0 + Self.longEnough - now, .milliseconds(1)) }
        }
    }

    private func tell() async {
        let now = settings.watch.now()
        for (room, sentence) in state.withLock({ sentences(&$0, now) }) {
            var draft = Draft(sentence, from: settings.words.server)
            draft.isFromBus = true
            draft.room = room
            // While the bus stops nobody is told anything any more.
            _ = try? await settings.port.publish(draft)
        }
    }

    private func sentences(_ state: inout State, _ now: Duration) -> [(String, String)] {
        var result: [(String, String)] = []
        for room in Set(state.channels.values.map(\.room)).sorted() {
            let channels = state.channels.values.filter { $0.room == room }
            let since = Self.failingSince(room, state)
            if let start = state.told[room] {
                guard since == nil, channels.allSatisfy({ $0.waiting == 0 }) else { continue }
                let delivered = channels.map(\.delivered).max() ?? 0
                result.append(
                    (room, settings.words.telegramAnswers(delivered: delivered, late: now - start)))
                state.told[room] = nil
                for channel in state.channels.keys where state.channels[channel]?.room == room {
                    state.channels[channel]?.delivered = 0
                }
            } else if let since, now - since >= Self.longEnough {
                let most = channels.max { $0.waiting < $1.waiting }
                let sentence = settings.words.telegramIsSilent(
                    waiting: most?.waiting ?? 0, isMore: most?.isMore ?? false)
                result.append((room, sentence))
                state.told[room] = since
            }
        }
        return result
    }

    /// Since when nothing of a room goes out or in.
    private static func failingSince(_ room: String, _ state: State) -> Duration? {
        let sources =
            [Source.poll]
            + state.channels.filter { $0.value.room == room }.map { .channel($0.key) }
        return sources.compactMap { state.failing[$0] }.min()
    }
}
