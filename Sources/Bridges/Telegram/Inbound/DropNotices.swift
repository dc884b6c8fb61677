import Chat
import MessageBus
import Locking

/// The notices to people on Telegram whose messages were dropped: a reply with the reason, one for
/// all messages that came together, at most one a minute for each person.
///
/// Owned by the relay, which runs it; safe from any thread.
final class DropNotices: Sendable {
    /// A person whose message was dropped.
    struct Recipient: Sendable, Hashable {
        /// The chat or topic.
        let binding: ChatBindings.Binding
        /// The person's identity, which stays the same whatever the name.
        let identity: String
    }

    private struct Person {
        var name = ""
        /// The time at which the first message was dropped that the person was not told of.
        let first: Duration
        /// That message.
        let remoteID: String
        /// The number of drops recorded before that one.
        let order: Int
        var count = 0
        var reason = ""
    }

    private struct State {
        /// People who are to be told.
        var people: [Recipient: Person] = [:]
        /// The time at which each person was last told, in whatever chat.
        var toldPeople: [String: Duration] = [:]
        /// Drops recorded so far.
        var recorded = 0
        /// The time at which a notice was last sent to each chat.
        var lastTold: [ChatBindings.Binding: Duration] = [:]
    }

    private let settings: BridgeSettings
    private let chats: ChatBindings
    private let api: BotAPI
    private let paces: [Int64: ChatPace]
    private let state = Locked(State())
    private let signal = AsyncSignal()

    /// The time within which dropped messages are reported together.
    private static let gathering = Duration.seconds(1)
    /// The least time between two notices to one person: a minute, and a second for the way.
    private static let minPause = Duration.seconds(61)
    /// The least time between two notices in a chat, most of whose pace is for the messages of
    /// others.
    private static let minPauseInChat = Duration.seconds(10)
    /// The time after which a notice that could not be sent is forgotten.
    private static let maxWait = Duration.seconds(600)
    /// The most people remembered.
    private static let bound = 1_000

    init(
        _ settings: BridgeSettings, _ chats: ChatBindings, _ api: BotAPI,
        _ paces: [Int64: ChatPace]
    ) {
        self.settings = settings
        self.chats = chats
        self.api = api
        self.paces = paces
    }

    /// Records that somebody's message was dropped.
    func recordDrop(
        _ remoteID: String, of recipient: Recipient, named name: String, _ reason: String
    ) {
        let now = settings.time.now()
        state.withLock { state in
            if state.people.count >= Self.bound, state.people[recipient] == nil { return }
            var person =
                state.people[recipient]
                ?? Person(
                    first: now, remoteID: remoteID, order: state.recorded)
            state.recorded += 1
            person.name = name
            person.count += 1
            person.reason = reason
            state.people[recipient] = person
        }
        signal.send()
    }

    /// Sends notices until the task is cancelled.
    func run() async throws {
        while true {
            try await signal.wait()
            while let (binding, due) = next() {
                let rest = due - settings.time.now()
                if rest > .zero {
                    // Another notice may be due earlier by then.
                    try await settings.time.sleep(min(rest, Self.gathering))
                } else if try await !sendNotice(in: binding) {
                    try await settings.time.sleep(Self.gathering)
                    forgetOld()
                }
            }
        }
    }

    /// Returns the chat to which the next notice is due, and the time of that.
    private func next() -> (ChatBindings.Binding, Duration)? {
        state.withLock { state in
            state.people.map { recipient, person in
                (recipient.binding, Self.due(person, recipient, state))
            }.min { $0.1 < $1.1 }
        }
    }

    private static func due(
        _ person: Person, _ recipient: Recipient, _ state: State
    ) -> Duration {
        max(
            person.first + gathering,
            state.toldPeople[recipient.identity].map { $0 + minPause } ?? .zero,
            state.lastTold[recipient.binding].map { $0 + minPauseInChat } ?? .zero)
    }

    // MARK: - Telling

    /// Tells the people who are due in a chat; returns false if the chat takes nothing at present.
    private func sendNotice(in binding: ChatBindings.Binding) async throws -> Bool {
        guard let pace = paces[binding.firstChat] else { return false }
        await pace.lock.acquire()
        defer { pace.lock.release() }
        // The outboxes of this chat come first.
        guard pace.reserveMessage() <= .zero else { return false }
        let people = removeDue(in: binding)
        guard let first = people.first else { return true }
        let sentence = settings.composer.line(settings.phrases.server, text(people))
        let location = chats.location(of: binding)
        let call = TelegramOutbox.parameters(
            sentence, location, IncomingMessage.id(of: first.remoteID, in: location.chat))
        do throws(BotAPIError) {
            _ = try await api.call("sendMessage", call)
        } catch {
            // A notice is sent once or not at all, whatever became of the attempt.
            if case .flood(let pause) = error { pace.block(for: pause) }
        }
        return true
    }

    /// Removes and returns the people whose notices in a chat are due; they count as told.
    private func removeDue(in binding: ChatBindings.Binding) -> [Person] {
        let now = settings.time.now()
        return state.withLock { state in
            let due = state.people.filter { recipient, person in
                recipient.binding == binding && Self.due(person, recipient, state) <= now
            }
            state.toldPeople = state.toldPeople.filter { now - $0.value < Self.minPause }
            for recipient in due.keys {
                state.people[recipient] = nil
                state.toldPeople[recipient.identity] = now
            }
            state.lastTold[binding] = now
            return due.values.sorted { $0.order < $1.order }
        }
    }

    /// Forgets notices that could not be sent for long.
    private func forgetOld() {
        let now = settings.time.now()
        state.withLock { state in
            let old = state.people.filter { now - $0.value.first > Self.maxWait }
            for recipient in old.keys { state.people[recipient] = nil }
        }
    }

    private func text(_ people: [Person]) -> String {
        let phrases = settings.phrases
        let lines =
            people.count == 1
            ? people.map { phrases.telegramDropped($0.count, $0.reason) }
            : people.prefix(20).map { phrases.telegramDropped($0.count, of: $0.name, $0.reason) }
        return String(lines.joined(separator: "\n").prefix(1_000))
    }
}
