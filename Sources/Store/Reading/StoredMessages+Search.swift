import MessageBus

extension SearchWords {
    /// Returns the query in the syntax of FTS5, folded as the index is.
    ///
    /// Each phrase is quoted, so that nothing in it is taken for syntax.
    ///
    /// Returns `nil` if a phrase contains no word, which matches nothing.
    ///
    /// - Parameter room: the room's number in the file; `nil` for all rooms.
    func expression(room: Int64?) -> String? {
        var terms: [String] = []
        for phrase in phrases {
            let words = phrase.tokens
            if words.count < 2 { return nil }
            let quoted = "\"\(String(decoding: words.dropFirst().dropLast(), as: UTF8.self))\""
            terms.append("text : \(quoted)\(phrase.isPrefix ? " *" : "")")
        }
        if let room { terms.append("room : \"r\(room)\"") }
        return terms.joined(separator: " AND ")
    }
}

extension StoredMessages {
    /// Returns the newest texts that contain all the words, the oldest first.
    ///
    /// - Parameters:
    ///   - room: the room; `nil` for all rooms.
    ///   - tail: finds messages that are not indexed yet.
    func search(
        _ words: SearchWords, in room: String?, atMost count: Int, tail: SearchTail
    ) throws(StoreError) -> [Message] {
        var found: [Message] = []
        for number in try numbers(with: words, in: room, atMost: count, tail: tail) {
            if let message = try message(numbered: number) { found.append(message) }
        }
        return found
    }

    /// Returns the numbers of those texts, rising.
    func numbers(
        with words: SearchWords, in room: String?, atMost count: Int, tail: SearchTail
    ) throws(StoreError) -> [MessageNumber] {
        var id: Int64?
        if let room {
            id = try self.id(ofRoom: room)
            if id == nil { return [] }
        }
        guard let expression = words.expression(room: id) else { return [] }
        // One snapshot of the file: a message that is not in the tail is in the index.
        try database.execute("BEGIN")
        defer { try? database.execute("COMMIT") }
        let indexed = try database.number("SELECT value FROM meta WHERE key = 'indexed'") ?? 0
        let after = MessageNumber(column: indexed)
        try tail.update(from: self, after: after)
        var numbers = try tail.numbers(matching: expression, after: after, atMost: count)
        if numbers.count < count {
            numbers += try self.numbers(
                matching: expression, through: indexed, atMost: count - numbers.count)
        }
        return numbers.reversed().map { MessageNumber(column: $0) }
    }

    private func numbers(
        matching expression: String, through indexed: Int64, atMost count: Int
    ) throws(StoreError) -> [Int64] {
        let statement = try statement(
            "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid <= ?2 "
                + "ORDER BY rowid DESC LIMIT ?3")
        defer { statement.reset() }
        try statement.bind(1, expression)
        statement.bind(2, indexed)
        statement.bind(3, Int64(count))
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        return numbers
    }
}
