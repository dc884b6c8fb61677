import MessageBus

extension StoredMessages {
    /// Returns the number of the newest message of a room, even if that was deleted for its age,
    /// and the number up to which the messages have been deleted.
    func extent(of room: String) throws(StoreError) -> StoredExtent {
        guard let id = try id(ofRoom: room) else { return StoredExtent() }
        let statement = try statement(
            """
            SELECT ifnull((SELECT max(number) FROM messages WHERE room = ?1), 0), removed
            FROM rooms WHERE id = ?1
            """)
        defer { statement.reset() }
        statement.bind(1, id)
        guard try statement.step() else { return StoredExtent() }
        let removed = statement.number(1)
        return StoredExtent(last: max(statement.number(0), removed), removed: removed)
    }

    /// Returns the newest correction of each of these messages, by their numbers.
    func corrections(of numbers: [MessageNumber]) throws(StoreError) -> [MessageNumber: Message] {
        let statement = try statement(
            """
            SELECT \(columns) FROM messages WHERE corrects = ?1 AND deleted IS NULL
            ORDER BY number DESC LIMIT 1
            """)
        var found: [MessageNumber: Message] = [:]
        for number in numbers {
            statement.bind(1, number)
            found[number] = try messages(of: statement).first
        }
        return found
    }
}
