extension Schema {
    /// The tables for clients of the web: sessions that are logged in, the numbers up to which
    /// people have read, and the messages that edits correct.
    static let sessions = """
        -- corrects: in an edit, the number of the message that it corrects, if known.
        ALTER TABLE messages ADD COLUMN corrects INTEGER;
        CREATE INDEX messages_by_corrected ON messages (corrects, number)
            WHERE corrects IS NOT NULL;
        -- removed: the number up to which messages of the room were deleted for their age.
        ALTER TABLE rooms ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;

        -- Browsers that are logged in. digest: SHA-256 of the session, which only the browser has.
        -- seen: when it was last used, about, in milliseconds since 1970.
        CREATE TABLE sessions (
            digest BLOB PRIMARY KEY, account INTEGER NOT NULL, seen INTEGER NOT NULL)
            WITHOUT ROWID;
        CREATE INDEX sessions_by_account ON sessions (account);
        -- The number up to which the owner of an account has read a room, on whatever device.
        CREATE TABLE seen (
            account INTEGER NOT NULL, room TEXT NOT NULL, number INTEGER NOT NULL,
            PRIMARY KEY (account, room)) WITHOUT ROWID;
        """
}
