import Chat
import MessageBus
import Sockets

// Earlier messages.
extension WebClient {
    /// Texts of one answer to a search.
    private static let maxFound = 50

    /// Shows older texts of a room, or of a private conversation.
    func showHistory(
        _ history: ClientMessage.History, _ session: WebSession, _ bus: isolated Bus
    ) {
        guard spendQuery(.type(.history)) else { return }
        switch history.conversation {
        case .room(let name):
            guard let room = room(name, .type(.history)) else { return }
            showHistory(of: room, before: history.before, history.count)
        case .person(let name): showHistory(with: name, history, session, bus)
        }
    }

    private func showHistory(of room: WebRoom, before: MessageNumber?, _ count: Int) {
        let name = room.room.name
        list(.history, ("room", name), behind: room) { (bus: isolated Bus) in
            guard let found = bus.room(name) else { return nil }
            let history = try await bus.history(
                in: found, before: before ?? .max, atMost: count)
            return EarlierMessages(
                messages: room.shown(history.messages), isComplete: history.isComplete)
        }
    }

    private func showHistory(
        with name: String, _ history: ClientMessage.History, _ session: WebSession,
        _ bus: isolated Bus
    ) {
        guard let account = session.account else {
            return refuse(.type(.history), .loginRequired, phrases.onlyWithAccount)
        }
        guard let key = Self.key(of: name) else {
            return refuse(.type(.history), .unknownUser, phrases.unknownUser)
        }
        let (count, before, accounts) = (history.count, history.before ?? .max, bus.accounts)
        list(.history, ("with", name)) { (_: isolated Bus) in
            let found = await withCheckedContinuation { continuation in
                accounts.privateMessages(of: account, with: key, before: before, last: count + 1) {
                    continuation.resume(returning: $0)
                }
            }
            return EarlierMessages(
                messages: found.suffix(count).map { Message($0) },
                isComplete: found.count <= count)
        }
    }

    /// Shows the newest texts that hold all the words.
    func search(_ text: String, in name: String?, _ bus: isolated Bus) {
        guard spendQuery(.type(.search)) else { return }
        var rooms = server.rooms
        if let name {
            guard let room = room(name, .type(.search)) else { return }
            rooms = [room]
        }
        guard let words = SearchWords(text) else {
            let isTooMuch = SearchWords.isTooMuch(text)
            return refuse(
                .type(.search), .badArguments,
                isTooMuch ? phrases.tooManyWords : phrases.badArguments(.search))
        }
        let (names, search) = (rooms.map(\.room.name), server.search)
        list(.search, name.map { ("room", $0) }) { [server] (bus: isolated Bus) in
            var numbers: [MessageNumber] = []
            for room in names {
                numbers += try await search.numbers(
                    with: words, in: room, of: bus, atMost: Self.maxFound)
            }
            let found = try await bus.messages(numbered: numbers.sorted().suffix(Self.maxFound))
            let shown = found.reversed().flatMap { message in
                server.room(message.room)?.shown([message]) ?? []
            }
            return EarlierMessages(messages: shown, isComplete: found.count < Self.maxFound)
        }
    }

    /// Answers with a list of earlier messages, which is produced piece by piece.
    ///
    /// - Parameters:
    ///   - conversation: the field that names the conversation, `room` or `with`, and its value.
    ///   - room: the room whose events so far come first; `nil` to send the list at once.
    private func list(
        _ type: ClientMessageType, _ conversation: (field: String, value: String)?,
        behind room: WebRoom? = nil,
        _ question: @escaping @Sendable (isolated Bus) async throws -> EarlierMessages?
    ) {
        let (lists, host) = (server.lists, taken.peer.host)
        ask { (bus: isolated Bus) -> ProducedList? in
            let permit = try await lists.begin(for: host, bus)
            guard let found = try await question(bus) else { return nil }
            var json = ServerMessage.listStart(type.rawValue, conversation)
            try await lists.append(found.messages, to: &json, bus)
            json += ServerMessage.listEnd(isComplete: found.isComplete)
            return ProducedList(permit: permit, frame: WebSocketTextFrame.make(json))
        } then: { [self] (found: ProducedList??, _) in
            guard let found, let list = found else {
                return refuse(.type(type), .dropped, phrases.noHistory)
            }
            lists.record(list.permit, bytes: list.frame.count)
            if let room {
                stream.send(list.frame, behind: room.room)
            } else {
                stream.send(list.frame)
            }
            stream.keepUntilTaken(list.permit)
        }
    }
}

/// Messages that somebody has asked for.
private struct EarlierMessages: Sendable {
    let messages: [Message]
    /// True if there are no more.
    let isComplete: Bool
}

/// A list that is to be sent, and the permit that it holds until then.
private struct ProducedList: Sendable {
    let permit: ListProduction.Permit
    let frame: [UInt8]
}
