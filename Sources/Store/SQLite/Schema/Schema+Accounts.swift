extension Schema {
    /// Accounts, what limits and moderates them, and private messages.
    ///
    /// The table `accounts` of the first version was never used.
    static let accounts = """
        DROP TABLE accounts;

        -- The value 'accounts' in meta is raised with each change of accounts, reserved names, bans
        -- and tokens, and written into the rows that have changed as their version.
        INSERT INTO meta (key, value) VALUES ('accounts', 0);

        -- Registered names. key: the name folded; NULL, like password, once the account is removed.
        -- password: as libsodium writes it. password_version: version of its last change.
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, name TEXT NOT NULL,
            role TEXT NOT NULL, password TEXT, password_version INTEGER NOT NULL,
            created INTEGER NOT NULL, removed INTEGER, version INTEGER NOT NULL);
        CREATE INDEX accounts_by_version ON accounts (version);

        -- Names of accounts that were removed or renamed: nobody else may take them. account: the
        -- one that had it. time: since when. freed: 1 once anybody may have it again.
        CREATE TABLE reserved_names (
            key TEXT PRIMARY KEY, name TEXT NOT NULL, account INTEGER NOT NULL,
            time INTEGER NOT NULL, freed INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL)
            WITHOUT ROWID;
        CREATE INDEX reserved_names_by_version ON reserved_names (version);

        -- The last addresses where an account was logged in.
        CREATE TABLE login_addresses (
            account INTEGER NOT NULL, address TEXT NOT NULL, time INTEGER NOT NULL,
            PRIMARY KEY (account, address)) WITHOUT ROWID;

        -- Failed logins and registrations. counter: a hash of whom they are counted for. failures:
        -- their times, 8 bytes each. delay: seconds by which the last one put off the next try.
        -- until: when the next is looked at. All times are milliseconds since 1970.
        CREATE TABLE tries (
            counter BLOB PRIMARY KEY, failures BLOB NOT NULL, delay INTEGER NOT NULL,
            until INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;

        -- Bans and mutes. kind: 0 ban of a name, 1 ban of an address or block, 2 mute of a name.
        -- subject: the name folded, or the block. account: the one that has the name, so that
        -- another name does not help. until: NULL for ever. ended: 1 once it was taken back.
        CREATE TABLE bans (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, subject TEXT NOT NULL,
            shown TEXT NOT NULL, account INTEGER, giver TEXT NOT NULL, reason TEXT NOT NULL,
            time INTEGER NOT NULL, until INTEGER, ended INTEGER NOT NULL DEFAULT 0,
            version INTEGER NOT NULL, UNIQUE (kind, subject));
        CREATE INDEX bans_by_version ON bans (version);

        -- Secrets of programs. hash: SHA-256 of the secret. room: NULL for all.
        CREATE TABLE tokens (
            key TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, account INTEGER,
            room TEXT, read_only INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL)
            WITHOUT ROWID;

        -- Private messages, for those of the two who have an account: sender and receiver are the
        -- accounts, NULL for who has none. waiting: 1 while it was left for a receiver who is away.
        CREATE TABLE private_messages (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL,
            sender INTEGER, sender_name TEXT NOT NULL, sender_key TEXT NOT NULL,
            receiver INTEGER, receiver_name TEXT NOT NULL, receiver_key TEXT NOT NULL,
            text TEXT NOT NULL, waiting INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX private_messages_by_sender
            ON private_messages (sender, number) WHERE sender IS NOT NULL;
        CREATE INDEX private_messages_by_receiver
            ON private_messages (receiver, number) WHERE receiver IS NOT NULL;
        CREATE INDEX private_messages_waiting
            ON private_messages (receiver, sender) WHERE waiting;

        -- account: the one that the sender was logged in to.
        ALTER TABLE messages ADD COLUMN account INTEGER;
        """
}
