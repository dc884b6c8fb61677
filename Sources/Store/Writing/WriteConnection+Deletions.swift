import MessageBus

// Messages that somebody has deleted: their bytes are overwritten.
extension WriteConnection {
    /// Overwrites the text of a message, its words in the index, and what quotes it.
    ///
    /// Must be called in a transaction. `Scrubber` removes the rest, from the index's older parts
    /// and from the log beside the database.
    func delete(_ deletion: Deletion) throws(StoreError) {
        let found = try statement(
            """
            SELECT kind, text, sender FROM messages
            WHERE number = ?1 AND kind IN (0, 4) AND deleted IS NULL
            """)
        found.bind(1, deletion.number)
        defer { found.reset() }
        guard try found.step() else { return }
        let lineEnds = unsafe found.bytes(1).count { $0 == UInt8(ascii: "\n") }
        let length = unsafe found.bytes(1).count
        let sender = found.text(2) ?? ""
        found.reset()
        try replaceWords(of: deletion.number)
        try overwriteText(of: deletion, length: length, lineEnds: lineEnds)
        try overwriteQuotations(of: deletion, sender: sender)
        try set("scrub", 1)
    }

    /// Replaces the words of a message in the index by none, as those of an empty text.
    private func replaceWords(of number: MessageNumber) throws(StoreError) {
        // The index stores no texts: it must be given the words to remove; and it has only those of
        // messages that it has reached.
        let condition = """
            FROM messages WHERE number = ?1
                AND number <= (SELECT value FROM meta WHERE key = 'indexed')
            """
        for text in [
            """
            INSERT INTO words (words, rowid, text, room)
            SELECT 'delete', number, search_words(text), 'r' || room \(condition)
            """,
            // So that the message can be removed later like any other.
            """
            INSERT INTO words (rowid, text, room)
            SELECT number, search_words(''), 'r' || room \(condition)
            """,
        ] {
            let statement = try statement(text)
            statement.bind(1, number)
            try statement.run()
        }
    }

    /// Overwrites a text; how many lines it had stays, because readers have counted them.
    private func overwriteText(
        of deletion: Deletion, length: Int, lineEnds: Int
    ) throws(StoreError) {
        // First with as many bytes: SQLite writes a row of the same length to the same place, where
        // a shorter one would be written elsewhere and leave the old one to be cleared.
        let blank = try statement("UPDATE messages SET text = ?2 WHERE number = ?1")
        blank.bind(1, deletion.number)
        try blank.bind(2, bytes: [UInt8](repeating: 0x20, count: length), asText: true)
        try blank.run()
        let mark = try statement(
            """
            UPDATE messages SET text = ?2, deleted = ?3, reply_number = NULL, reply_name = NULL,
                reply_excerpt = NULL WHERE number = ?1
            """)
        mark.bind(1, deletion.number)
        try mark.bind(2, bytes: [UInt8](repeating: 0x0A, count: lineEnds), asText: true)
        try mark.bind(3, deletion.deleter)
        try mark.run()
    }

    /// Overwrites the words of a message that others quote, also where they do so without a number.
    private func overwriteQuotations(
        of deletion: Deletion, sender: String
    ) throws(StoreError) {
        let statement = try statement(
            """
            UPDATE messages SET reply_excerpt = ?4
            WHERE reply_number IN (0, ?1) AND number > ?1
                AND (reply_number > 0 OR reply_name = ?2 AND reply_excerpt = ?3)
            """)
        statement.bind(1, deletion.number)
        try statement.bind(2, sender)
        try statement.bind(3, deletion.excerpt)
        try statement.bind(4, Quotation.erasedExcerpt)
        try statement.run()
    }
}
