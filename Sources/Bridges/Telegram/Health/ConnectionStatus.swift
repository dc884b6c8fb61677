import Chat
import MessageBus
import Locking

/// Tells the rooms that Telegram does not answer, once for each outage that lasts, and when what
/// had waited is delivered.
///
/// Safe from any thread.
final class ConnectionStatus: Sendable {
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
        /// Of those that waited when it went out again, so many wait yet.
        var owed = 0
        /// Whether there were more than could be counted.
        var owesMore = false
        /// Whether nothing was delivered since it goes out again.
        var isFresh = false
        var delivered = 0

        /// It goes out again, so all that waits has waited for that.
        mutating func owe() {
            owed = waiting
            isFresh = true
            owesMore = owesMore || isMore
        }

        /// Nobody is to be told of what was delivered so far.
        mutating func forget() {
            delivered = 0
            owesMore = false
        }
    }

    private struct Failure {
        /// When it began.
        let since: Duration
        /// Who has told it that Telegram answers, and has not failed since.
        var wakers: Set<Source> = []
        /// How often it was told.
        var wakes = 0
    }

    private struct State {
        var failing: [Source: Failure] = [:]
        /// Who was told that there is no such bot.
        var strangers: Set<Source> = []
        var channels: [String: Channel]
        /// When it was logged last that Telegram does not answer.
        var lastWarning: Duration?
        /// Whether that is of the outage that lasts.
        var isWarned = false
        /// Rooms that were told, and since when Telegram had not answered.
        var told: [String: Duration] = [:]
    }

    /// What else keeps the poll from what it asks for.
    let pollErrors: PollErrors

    private let settings: BridgeSettings
    private let state: Locked<State>
    private let signal = AsyncSignal()

    /// How long an outage lasts before anybody is told.
    private static let longEnough = Duration.seconds(30)
    /// When who rests tries once more, so that nobody is told of what is over: a slice earlier to
    /// look up, a second for what a poll waits, and one for the way.
    private static let lastTry = longEnough - slice - .seconds(2)
    /// Outages that follow one another faster are for who looks closely.
    private static let shortestQuiet = Duration.seconds(60)
    /// How long one rests before it looks up: so old are the numbers that are told at most.
    static let slice = Duration.seconds(1)

    init(_ settings: BridgeSettings, _ bindings: [ChatBindings.Binding]) {
        self.settings = settings
        pollErrors = PollErrors(settings)
        let channels = bindings.map { ($0.channel, Channel(room: $0.room)) }
        state = Locked(State(channels: Dictionary(channels) { first, _ in first }))
    }

    // MARK: - What happens

    /// A call went well.
    func success(of source: Source) { answered(source, knowsBot: true) }

    /// A call came to nothing: an answer that Telegram itself gave ends an outage as a success does.
    ///
    /// Not a conflict over a message, of which there can't be any: nothing goes out while it lasts.
    ///
    /// - Parameter since: when an answer was due at the earliest.
    func note(_ apiError: BotAPIError, of source: Source, since: Duration) {
        switch apiError {
        case .unreachable(let reason, _): failure(of: source, reason, since: since)
        case .pollConflict(let answer) where source != .poll:
            failure(of: source, answer, since: since)
        case .cancelled: break
        case .unknownBot(let answer):
            let isFirst = state.withLock { state in
                defer { state.strangers.insert(source) }
                return state.strangers.isEmpty
            }
            if isFirst {
                settings.log.error("\(BotAPIError.sentence(unknownBot: answer)). Trying again")
            }
            answered(source, knowsBot: false)
        case .flood, .migrated, .pollConflict, .shut, .rejected: answered(source, knowsBot: true)
        }
    }

    private func answered(_ source: Source, knowsBot: Bool) {
        let (wasFailing, isOver, isKnown, wasWarned) = state.withLock { state in
            let wasFailing = state.failing.removeValue(forKey: source) != nil
            if wasFailing, case .channel(let name) = source { state.channels[name]?.owe() }
            for other in Array(state.failing.keys) { Self.wake(other, by: source, &state) }
            let wasStranger = knowsBot && state.strangers.remove(source) != nil
            let (isOver, wasWarned) = (state.failing.isEmpty, state.isWarned)
            if isOver { state.isWarned = false }
            return (wasFailing, isOver, wasStranger && state.strangers.isEmpty, wasWarned)
        }
        if isKnown { settings.log.info("Telegram knows the bot again") }
        guard wasFailing else { return }
        if isOver {
            let sentence = "Telegram answers again"
            if wasWarned { settings.log.info(sentence) } else { settings.log.debug(sentence) }
        }
        signal.ring()
    }

    /// Once until who wakes fails itself: where it is only one of them that does not work, the
    /// others are not to drive it on.
    private static func wake(_ sleeper: Source, by waker: Source, _ state: inout State) {
        if state.failing[sleeper]?.wakers.insert(waker).inserted == true {
            state.failing[sleeper]?.wakes += 1
        }
    }

    private func failure(of source: Source, _ reason: String, since: Duration) {
        let now = settings.watch.now()
        let (isFirst, isNew, isLoud) = state.withLock { state in
            for other in Array(state.failing.keys) { state.failing[other]?.wakers.remove(source) }
            let (isFirst, isNew) = (state.failing.isEmpty, state.failing[source] == nil)
            if isNew { state.failing[source] = Failure(since: since) }
            let isQuiet = state.lastWarning.map { now - $0 < Self.shortestQuiet } ?? false
            let isLoud = !state.isWarned && !isQuiet
            if isLoud { (state.isWarned, state.lastWarning) = (true, now) }
            return (isFirst, isNew, isLoud)
        }
        let sentence = "Telegram does not answer: \(reason). Trying again"
        if isLoud {
            settings.log.warning(sentence)
        } else if isFirst {
            settings.log.debug(sentence)
        }
        if isNew { signal.ring() }
    }

    // MARK: - Waiting

    /// How often one that fails was to try again before its rest was over, because Telegram answers
    /// somebody else or the room is about to be told; nil if it does not fail.
    func wakes(of source: Source) -> Int? {
        let now = settings.watch.now()
        return state.withLock { state in
            state.failing[source].map { $0.wakes + (now - $0.since >= Self.lastTry ? 1 : 0) }
        }
    }

    /// Rests until the pause is over or there is reason to try again earlier; returns false if the
    /// bus begins to stop.
    func rest(_ pause: Duration, of source: Source) async throws -> Bool {
        let end = settings.watch.now() + pause
        let wakes = wakes(of: source)
        while self.wakes(of: source) == wakes {
            let left = end - settings.watch.now()
            if left <= .zero { break }
            guard try await settings.rest(min(left, Self.slice)) else { return false }
        }
        return true
    }

    /// So many messages wait for a chat.
    func note(waiting: Int, isMore: Bool, for channel: String) {
        state.withLock { state in
            state.channels[channel]?.waiting = waiting
            state.channels[channel]?.isMore = isMore
        }
    }

    /// So many were delivered to a chat, and so many still wait.
    func note(delivered: Int, waiting: Int, to name: String) {
        let isTold = state.withLock { state in
            guard var channel = state.channels[name] else { return false }
            defer { state.channels[name] = channel }
            channel.waiting = waiting
            channel.isMore = false
            let isTold = state.told[channel.room] != nil
            // It may have been a while since they were counted.
            if channel.isFresh { channel.owed = max(channel.owed, delivered + waiting) }
            channel.isFresh = false
            // What is not owed has waited for nothing but its turn.
            let paid = min(delivered, channel.owed)
            if isTold { channel.delivered += paid }
            // What is owed waits in front, and some of it may have been passed over.
            channel.owed = min(channel.owed - paid, waiting)
            if !isTold, channel.owed == 0 { channel.forget() }
            return isTold
        }
        if isTold { signal.ring() }
    }

    // MARK: - What is told

    /// Tells until the task is cancelled.
    func run() async throws {
        while true {
            try await signal.wait()
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
            var draft = Draft(sentence, from: settings.phrases.server)
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
                guard since == nil, channels.allSatisfy({ $0.owed == 0 }) else { continue }
                let most = channels.max { $0.delivered < $1.delivered }
                let sentence = settings.phrases.telegramAnswers(
                    delivered: most?.delivered ?? 0, isMore: most?.owesMore ?? false,
                    late: now - start)
                result.append((room, sentence))
                state.told[room] = nil
                for name in state.channels.keys where state.channels[name]?.room == room {
                    state.channels[name]?.forget()
                }
            } else if let since, now - since >= Self.longEnough {
                let most = channels.max { $0.waiting < $1.waiting }
                let sentence = settings.phrases.telegramIsSilent(
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
        return sources.compactMap { state.failing[$0]?.since }.min()
    }
}
