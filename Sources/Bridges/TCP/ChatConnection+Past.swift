import MessageBus

// What was said before: /history, /search, and what is shown to who enters.
extension ChatConnection {
    /// How many messages `/history` shows to who gives no number.
    private static let usualHistory = 20

    /// Shows the last texts of the room.
    func showHistory(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let count = Self.historyCount(String(decoding: arguments, as: UTF8.self)) else {
            return answer(.badArguments, words.badArguments(.history))
        }
        if let texts = bus.recentTexts(in: hall.room, atMost: count) {
            return send(server.past.list(texts))
        }
        let room = hall.room.name
        ask(bus) { bus in
            guard let room = bus.room(room) else { return [] }
            return try await bus.texts(in: room, atMost: count)
        } then: { connection, result, _ in
            connection.list(result)
        }
    }

    private static func historyCount(_ text: String) -> Int? {
        if text.isEmpty { return usualHistory }
        guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let count = Int(text),
            1...Bus.mostTexts ~= count
        else { return nil }
        return count
    }

    /// Shows the newest texts of the room with some words in them.
    func search(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let words = SearchWords(String(decoding: arguments, as: UTF8.self)) else {
            return answer(.badArguments, words.badArguments(.search))
        }
        let (room, search) = (hall.room.name, server.past.search)
        ask(bus) { bus in
            try await search.texts(with: words, in: room, of: bus, atMost: Bus.mostTexts)
        } then: { connection, result, _ in
            connection.list(result)
        }
    }

    private func list(_ result: Result<[Message], any Error>) {
        if let messages = answered(result) { send(server.past.list(messages)) }
    }

    /// What was answered from elsewhere; if nothing was, tells the client so.
    ///
    /// `[dropped]` because the command was, as it stands, and may be given again: it is neither wrong
    /// nor too fast.
    func answered<Answer>(_ result: Result<Answer, any Error>) -> Answer? {
        switch result {
        case .success(let answer): return answer
        case .failure(let error):
            server.noteNoAnswer(error)
            answer(.dropped, words.noHistory)
            return nil
        }
    }

    /// Shows the last texts of the room in front of what follows, but for what this connection has
    /// read there already.
    func showWhatWasSaid() {
        let count = server.options.historyOnJoin
        // One read brings thousands of commands, and each may be a change of rooms.
        guard count > 0, let start = seat?.start, !owesMuch else { return }
        let log = hall.room.log
        let seen = log.texts(in: start..<max(start, log.end), atMost: count).count
        let lines = server.past.lines(log.texts(in: 0..<start, atMost: count - seen))
        if !lines.isEmpty { send(lines) }
    }
}
