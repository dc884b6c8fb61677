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
        switch history.place {
        case .room(let name):
            guard let room = room(name, .type(.history)) else { return }
            showHistory(of: room, before: history.before, history.count)
        case .person(let name): showHistory(with: name, history, session, bus)
        }
    }

    private func showHistory(of room: WebRoom, before: MessageNumber?, _ count: Int) {
        let name = room.room.name
        ask { (bus: isolated Bus) -> RoomHistory? in
            guard let room = bus.room(name) else { return nil }
            return try await bus.history(in: room, before: before ?? .max, atMost: count)
        } then: { [self] (found: RoomHistory??, _) in
            guard let found, let found else {
                return refuse(.type(.history), .dropped, phrases.noHistory)
            }
            stream.send(
                ServerMessage.list(
                    "history", ("room", name), room.shown(found.messages),
                    isComplete: found.isComplete), behind: room)
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
        let (count, before) = (history.count, history.before)
        ask(within: PendingQuery.passwordTimeout) { then in
            bus.accounts.privateMessages(
                of: account, with: key, before: before ?? .max, last: count + 1, then: then)
        } then: { [self] (found: [PrivateMessage]?, _) in
            guard let found else {
                return refuse(.type(.history), .dropped, phrases.noHistory)
            }
            stream.send(
                ServerMessage.list(
                    "history", ("with", name), found.suffix(count).map { Message($0) },
                    isComplete: found.count <= count))
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
        ask { (bus: isolated Bus) -> [Message] in
            var numbers: [MessageNumber] = []
            for room in names {
                numbers += try await search.numbers(
                    with: words, in: room, of: bus, atMost: Self.maxFound)
            }
            return try await bus.messages(numbered: numbers.sorted().suffix(Self.maxFound))
        } then: { [self] (found: [Message]?, _) in
            guard let found else {
                return refuse(.type(.search), .dropped, phrases.noHistory)
            }
            let shown = found.reversed().flatMap { message in
                server.room(message.room)?.shown([message]) ?? []
            }
            stream.send(
                ServerMessage.list(
                    "search", name.map { ("room", $0) }, shown,
                    isComplete: found.count < Self.maxFound))
        }
    }
}
