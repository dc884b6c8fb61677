extension Schema {
    /// Messages that somebody has deleted.
    static let deletions = """
        -- deleted: who has deleted it; its text is gone then, but for the ends of its lines. kind 5:
        -- a deletion, of the message with the number reply_number.
        ALTER TABLE messages ADD COLUMN deleted TEXT;
        CREATE INDEX messages_by_reply ON messages (reply_number, number)
            WHERE reply_number IS NOT NULL;
        DROP VIEW log;
        CREATE VIEW log AS
            SELECT number,
                strftime('%Y-%m-%dT%H:%M:%SZ', ifnull(said, time) / 1000, 'unixepoch') AS time,
                rooms.name AS room,
                CASE kind WHEN 0 THEN 'message' WHEN 1 THEN 'join' WHEN 2 THEN 'leave'
                    WHEN 3 THEN 'rename' WHEN 4 THEN 'edit' ELSE 'deletion' END AS kind,
                sender, bridge, text, ifnull(messages.channel, origins.channel) AS channel, remote,
                deleted
            FROM messages JOIN rooms ON rooms.id = messages.room
                LEFT JOIN origins ON origins.id = messages.origin;
        """
}
