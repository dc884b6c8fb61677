import Chat
import MessageBus
import Sockets

// Earlier messages: /history, /search, and the texts shown to a client that enters a room.
extension ChatConnection {
    /// Messages that `/history` shows without a number: one screen.
    private static let usualHistory = 20
    /// Bytes that lists shown on entering may hold: about a thousand messages.
    private static let shownBound = 8 << 10

    /// Shows the room's last texts.
    @safe func showHistory(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if arguments.byte(at: 0) == UInt8(ascii: "@") {
            return showPrivateHistory(arguments.part(1...), bus)
        }
        guard let count = Self.historyCount(arguments.text) else {
            return answer(.badArguments, phrases.badArguments(.history))
        }
        if let numbers = bus.recentTextNumbers(in: roomReaders.room, atMost: count) {
            return list(numbers, in: roomReaders.room)
        }
        let room = roomReaders.room.name
        query(bus) { bus in
            guard let room = bus.room(room) else { return [] }
            return try await bus.textNumbers(in: room, atMost: count)
        } then: { connection, result, bus in
            connection.list(result, in: room, bus)
        }
    }

    /// Returns how many messages a number asks for; `nil` if it is not one, or too large.
    static func historyCount(_ text: String) -> Int? {
        if text.isEmpty { return usualHistory }
        guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let count = Int(text),
            1...Bus.maxTexts ~= count
        else { return nil }
        return count
    }

    /// Shows the newest texts of the room that hold some words.
    @safe func search(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let text = arguments.text
        guard let words = SearchWords(text) else {
            let isTooMuch = SearchWords.isTooMuch(text)
            return answer(
                .badArguments, isTooMuch ? phrases.tooManyWords : phrases.badArguments(.search))
        }
        let (room, search) = (roomReaders.room.name, server.history.search)
        query(bus) { bus in
            try await search.numbers(with: words, in: room, of: bus, atMost: Bus.maxTexts)
        } then: { connection, result, bus in
            connection.list(result, in: room, bus)
        }
    }

    private func list(
        _ result: Result<[MessageNumber], any Error>, in room: String, _ bus: isolated Bus
    ) {
        guard let numbers = answerOrRefuse(result), let room = bus.room(room) else { return }
        list(numbers, in: room)
    }

    private func list(_ numbers: [MessageNumber], in room: Room) {
        answer(MessageList(numbers, in: room, as: .answer, by: server.history))
    }

    /// Returns the answer to a query, or tells the client that there is none.
    ///
    /// The code is `[dropped]` because the command was dropped as it stands and may be given again:
    /// it was neither wrong nor too fast.
    func answerOrRefuse<Answer>(_ result: Result<Answer, any Error>) -> Answer? {
        switch result {
        case .success(let answer): return answer
        case .failure(let error):
            server.logQueryFailure(error)
            answer(.dropped, phrases.noHistory)
            return nil
        }
    }

    /// Shows the room's last texts before anything that follows, except those that this connection
    /// has already read there.
    func showHistoryOnJoin() {
        let count = server.options.historyOnJoin
        // One read brings thousands of commands, each of which may be a change of rooms.
        guard count > 0, let start = slot?.start, !hasLongBacklog else { return }
        let log = roomReaders.room.log
        let seen = log.textNumbers(in: start..<max(start, log.end), atMost: count).count
        let numbers = log.textNumbers(in: 0..<start, atMost: count - seen)
        let list = MessageList(numbers, in: roomReaders.room, as: .plain, by: server.history)
        if numbers.isEmpty || output.heldByLists + list.heldBytes > Self.shownBound { return }
        answer(list)
    }
}
