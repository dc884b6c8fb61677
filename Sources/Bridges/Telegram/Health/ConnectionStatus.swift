import Chat
import MessageBus
import Locking

/// The state of the connection to Telegram.
///
/// It tells the rooms that Telegram does not answer, once for each long outage, and that it answers
/// again once the messages that waited are delivered.
///
/// Made by `Relay.run()`, whose tasks share it; safe from any thread.
final class ConnectionStatus: Sendable {
    /// A part of the bridge that calls Telegram and finds out if it answers.
    enum Observer: Hashable, Sendable {
        case poll
        /// The outbox of a chat.
        case channel(String)
    }

    /// A chat and what waits for it.
    struct Channel {
        let room: String
        var backlog = Backlog()
        /// The messages that waited when Telegram answered again.
        var late = LateMessages()

        /// True if some of those wait yet.
        var isLate: Bool { late.isPending(in: backlog) }
    }

    /// An unbroken series of an observer's calls that failed.
    struct Failure {
        /// The time at which it began, by the bridge's clock.
        let since: Duration
        /// Observers that had an answer, and have not failed since.
        var answered: Set<Observer> = []
        /// True if the observer is to try again at once.
        var isWoken = false
    }

    struct State {
        var failing: [Observer: Failure] = [:]
        /// The time up to which the present outage is counted.
        var outageCounted: Duration?
        /// Observers that were told that there is no such bot.
        var unrecognized: Set<Observer> = []
        var channels: [String: Channel]
        /// The last time that the log said that Telegram does not answer.
        var lastWarning: Duration?
        /// True if the log knows of the present outage.
        var isWarned = false
        /// Rooms that were told, each with the time since which Telegram had not answered.
        var told: [String: Duration] = [:]
    }

    /// The other answers that keep the poll from its updates.
    let pollErrors: PollErrors

    let settings: BridgeSettings
    let state: Locked<State>
    /// Signalled when a room may have to be told something.
    let changed = AsyncSignal()
    /// Signalled when an observer is to end its pause.
    let wakeSignals: [Observer: AsyncSignal]

    /// The length of an outage before anybody is told.
    static let announcementDelay = Duration.seconds(30)
    /// The time before an announcement at which waiting messages are counted, and so the age of the
    /// numbers announced.
    static let countLead = Duration.seconds(1)
    /// The time into an outage at which a pausing observer tries once more, so that nobody is told
    /// of an outage that is over: a second for the answer to a poll, and one for the network.
    static let finalTryDelay = announcementDelay - countLead - .seconds(2)
    /// The shortest time between outages that are logged as such; others are logged for debugging
    /// only.
    private static let minQuiet = Duration.seconds(60)

    init(_ settings: BridgeSettings, _ bindings: [ChatBindings.Binding]) {
        self.settings = settings
        pollErrors = PollErrors(settings)
        let channels = bindings.map { ($0.channel, Channel(room: $0.room)) }
        state = Locked(State(channels: Dictionary(channels) { first, _ in first }))
        let observers = Set([.poll] + channels.map { Observer.channel($0.0) })
        wakeSignals = Dictionary(uniqueKeysWithValues: observers.map { ($0, AsyncSignal()) })
    }

    // MARK: - Recording

    /// Records a call that was answered.
    func recordSuccess(of observer: Observer) { recordAnswer(to: observer, knowsBot: true) }

    /// Records a call that failed; an answer that Telegram itself gave ends an outage as a success
    /// does.
    ///
    /// A conflict over a message is not recorded: there can't be any, since nothing is sent while
    /// it lasts.
    ///
    /// - Parameter since: the time at which an answer was due at the earliest.
    func record(_ apiError: BotAPIError, of observer: Observer, since: Duration) {
        switch apiError {
        case .unreachable(let reason, _): recordFailure(of: observer, reason, since: since)
        case .pollConflict(let answer) where observer != .poll:
            recordFailure(of: observer, answer, since: since)
        case .cancelled: break
        case .unknownBot(let answer):
            let isFirst = state.withLock { state in
                defer { state.unrecognized.insert(observer) }
                return state.unrecognized.isEmpty
            }
            if isFirst {
                settings.log.error("\(BotAPIError.sentence(unknownBot: answer)). Trying again")
            }
            recordAnswer(to: observer, knowsBot: false)
        case .flood, .migrated, .pollConflict, .blocked, .rejected:
            recordAnswer(to: observer, knowsBot: true)
        }
    }

    private func recordAnswer(to observer: Observer, knowsBot: Bool) {
        let (wasFailing, isOver, isKnown, wasWarned, woken) = state.withLock { state in
            let wasFailing = state.failing.removeValue(forKey: observer) != nil
            if wasFailing, case .channel(let name) = observer {
                let hasMore = state.channels[name]?.backlog.hasMore ?? false
                state.channels[name]?.late.begin(hasMore: hasMore)
            }
            let woken = Self.wakeFailing(for: observer, &state)
            let wasUnrecognized = knowsBot && state.unrecognized.remove(observer) != nil
            let (isOver, wasWarned) = (state.failing.isEmpty, state.isWarned)
            if wasFailing { countOutage(&state, isOver: isOver) }
            if isOver { state.isWarned = false }
            let isKnown = wasUnrecognized && state.unrecognized.isEmpty
            return (wasFailing, isOver, isKnown, wasWarned, woken)
        }
        for other in woken { wakeSignals[other]?.send() }
        if isKnown { settings.log.info("Telegram knows the bot again") }
        guard wasFailing else { return }
        reportReachability()
        if isOver {
            let sentence = "Telegram answers again"
            if wasWarned { settings.log.info(sentence) } else { settings.log.debug(sentence) }
        }
        changed.send()
    }

    /// Wakes the observers that fail, because another one was answered; returns them.
    ///
    /// This happens only once until that observer fails itself: if it alone is answered, it must
    /// not keep driving the others on.
    private static func wakeFailing(for observer: Observer, _ state: inout State) -> [Observer] {
        var woken: [Observer] = []
        for other in Array(state.failing.keys)
        where state.failing[other]?.answered.insert(observer).inserted == true {
            state.failing[other]?.isWoken = true
            woken.append(other)
        }
        return woken
    }

    private func recordFailure(of observer: Observer, _ reason: String, since: Duration) {
        let now = settings.time.now()
        let (isFirst, isNew, isLoud) = state.withLock { state in
            for other in Array(state.failing.keys) {
                state.failing[other]?.answered.remove(observer)
            }
            let (isFirst, isNew) = (state.failing.isEmpty, state.failing[observer] == nil)
            if isNew { state.failing[observer] = Failure(since: since) }
            state.failing[observer]?.isWoken = false
            state.outageCounted = state.outageCounted ?? since
            countOutage(&state, isOver: false)
            let isQuiet = state.lastWarning.map { now - $0 < Self.minQuiet } ?? false
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
        if isFirst { reportReachability(reason) }
        guard isNew else { return }
        changed.send()
        // The time at which waiting messages are to be counted may have changed.
        for signal in wakeSignals.values { signal.send() }
    }

    /// Counts the time of the present outage up to now.
    private func countOutage(_ state: inout State, isOver: Bool) {
        let now = settings.time.now()
        if let counted = state.outageCounted, now > counted {
            settings.port.outage.add(now - counted)
        }
        state.outageCounted = isOver ? nil : now
    }

    /// Registers that the bridge counts as degraded as long as Telegram does not answer.
    ///
    /// - Parameter reason: why it does not, if that has just come to be known.
    private func reportReachability(_ reason: String = "") {
        settings.port.reportReachability { [weak self] in
            guard let self, state.withLock({ !$0.failing.isEmpty }) else { return nil }
            let sentence = "Telegram does not answer"
            return reason.isEmpty ? sentence : "\(sentence): \(reason)"
        }
    }

    /// Records what waits for a chat.
    func recordBacklog(_ backlog: Backlog, of channel: String) {
        state.withLock { $0.channels[channel]?.backlog = backlog }
    }

    /// Records messages that a chat's outbox is done with.
    ///
    /// - Parameters:
    ///   - numbers: the numbers of those that were delivered.
    ///   - backlog: what waits now.
    func recordDelivery(_ numbers: [MessageNumber], _ backlog: Backlog, to name: String) {
        let isTold = state.withLock { state in
            guard var channel = state.channels[name] else { return false }
            defer { state.channels[name] = channel }
            channel.backlog = backlog
            let isTold = state.told[channel.room] != nil
            channel.late.record(numbers, backlog, isCounted: isTold)
            if !isTold, !channel.isLate { channel.late.forgetDelivered() }
            return isTold
        }
        if isTold { changed.send() }
    }
}
