import Chat
import MessageBus
import Locking

/// Tells people on Telegram why what they said was dropped: in a reply, one for all that came
/// together, at most one a minute for each of them.
///
/// Safe from any thread.
final class DropNotices: Sendable {
    /// Whose message was dropped.
    struct Recipient: Sendable, Hashable {
        /// What the chat or topic is called.
        let binding: ChatBindings.Binding
        /// Who this is, whatever the name.
        let identity: String
    }

    private struct Person {
        var name = ""
        /// When the first message was dropped that they were not told of.
        let first: Duration
        /// That message.
        let remoteID: String
        /// How many were to be told before.
        let order: Int
        var count = 0
        var reason = ""
    }

    private struct State {
        /// Those who are to be told.
        var people: [Recipient: Person] = [:]
        /// When somebody was told last, in whatever chat.
        var toldPeople: [String: Duration] = [:]
        /// Messages noted so far.
        var noted = 0
        /// When something was last told in a chat.
        var lastTold: [ChatBindings.Binding: Duration] = [:]
    }

    private let settings: BridgeSettings
    private let chats: ChatBindings
    private let api: BotAPI
    private let paces: [Int64: ChatPace]
    private let state = Locked(State())
    private let signal = AsyncSignal()

    /// What comes within that time is told together.
    private static let gathering = Duration.seconds(1)
    /// The time from one answer to the next, for one person: a minute, and a second for the way.
    private static let shortest = Duration.seconds(61)
    /// The same for a chat, of which others are to have most of what Telegram lets pass.
    private static let shortestInChat = Duration.seconds(10)
    /// What could not be told for so long is of no interest.
    private static let longestWait = Duration.seconds(600)
    /// People remembered at the most.
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

    /// Somebody's message was dropped.
    func note(_ remoteID: String, of recipient: Recipient, named name: String, _ reason: String) {
        let now = settings.watch.now()
        state.withLock { state in
            if state.people.count >= Self.bound, state.people[recipient] == nil { return }
            var person =
                state.people[recipient]
                ?? Person(
                    first: now, remoteID: remoteID, order: state.noted)
            state.noted += 1
            person.name = name
            person.count += 1
            person.reason = reason
            state.people[recipient] = person
        }
        signal.ring()
    }

    /// Tells until the task is cancelled.
    func run() async throws {
        while true {
            try await signal.wait()
            while let (binding, due) = next() {
                let rest = due - settings.watch.now()
                if rest > .zero {
                    // Somebody else may be due earlier by then.
                    try await settings.watch.sleep(min(rest, Self.gathering))
                } else if try await !tell(in: binding) {
                    try await settings.watch.sleep(Self.gathering)
                    forgetOld()
                }
            }
        }
    }

    /// Where something is to be told next, and when.
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
            state.toldPeople[recipient.identity].map { $0 + shortest } ?? .zero,
            state.lastTold[recipient.binding].map { $0 + shortestInChat } ?? .zero)
    }

    // MARK: - Telling

    /// Tells those who are due in a chat; returns false if the chat takes nothing at present.
    private func tell(in binding: ChatBindings.Binding) async throws -> Bool {
        guard let pace = paces[binding.firstChat] else { return false }
        await pace.enter()
        defer { pace.leave() }
        // Others of this chat have their turn meanwhile: those who deliver come first.
        guard pace.passOrWait() <= .zero else { return false }
        let people = take(from: binding)
        guard let first = people.first else { return true }
        let sentence = settings.composer.line(settings.phrases.server, text(people))
        let location = chats.location(of: binding)
        let call = Outbox.parameters(
            sentence, location, IncomingMessage.id(of: first.remoteID, in: location.chat))
        do throws(BotAPIError) {
            _ = try await api.call("sendMessage", call)
        } catch {
            // Whatever has become of it: it is said once or not at all.
            if case .flood(let pause) = error { pace.block(for: pause) }
        }
        return true
    }

    /// Those who are due in a chat; they are told now.
    private func take(from binding: ChatBindings.Binding) -> [Person] {
        let now = settings.watch.now()
        return state.withLock { state in
            let due = state.people.filter { recipient, person in
                recipient.binding == binding && Self.due(person, recipient, state) <= now
            }
            state.toldPeople = state.toldPeople.filter { now - $0.value < Self.shortest }
            for recipient in due.keys {
                state.people[recipient] = nil
                state.toldPeople[recipient.identity] = now
            }
            state.lastTold[binding] = now
            return due.values.sorted { $0.order < $1.order }
        }
    }

    /// Forgets what nobody could be told for long.
    private func forgetOld() {
        let now = settings.watch.now()
        state.withLock { state in
            let old = state.people.filter { now - $0.value.first > Self.longestWait }
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
