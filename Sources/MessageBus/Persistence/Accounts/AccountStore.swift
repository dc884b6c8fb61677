/// The place where accounts, bans, tokens, failed attempts and private messages outlive the
/// process.
///
/// Owned by the service of accounts, under a lock, or by a command for accounts; never used on the
/// bus's loop: every function may wait for the disk, or a second for another process that writes.
/// Other processes may change what is stored at any time. Each function is one transaction. All
/// throw a sentence if the store fails; then nothing was changed.
package protocol AccountStore: AnyObject {
    /// Returns what has changed since a version; since 0: everything there is.
    func changes(since version: Int64) throws -> StoredAccounts

    // MARK: - Accounts

    /// Returns the stored password of an account; `nil` if there is no such account.
    func credentials(ofName key: String) throws -> Credentials?
    /// Returns the stored password of an account; `nil` if there is no such account.
    func credentials(of id: AccountID) throws -> Credentials?
    /// Returns true if an account has been logged in to from an address; the last 16 addresses of
    /// each account are remembered.
    func wasLoggedIn(_ id: AccountID, at address: ClientAddress) throws -> Bool
    /// Returns the addresses from which accounts were logged in to, the one used last at the end;
    /// the oldest are left out.
    func loginAddresses(
        atMost count: Int
    ) throws -> [(account: AccountID, address: ClientAddress)]
    /// Adds an account, unless the name is registered or reserved.
    func create(
        _ name: String, key: String, role: Role, password: String, at time: Timestamp
    ) throws -> AccountCreation
    /// Gives an account another name; the old one is reserved for it.
    func rename(
        _ id: AccountID, to name: String, key: String, at time: Timestamp
    ) throws -> AccountRenaming
    /// Removes an account, its tokens, its private messages and its login addresses; its name is
    /// reserved. Returns false if there is no such account.
    func remove(_ id: AccountID, at time: Timestamp) throws -> Bool
    /// Frees a reserved name. Returns false if it is not reserved.
    func free(_ key: String) throws -> Bool
    /// Sets a password that its owner or the operator chose. Returns false if there is no such
    /// account.
    func setPassword(_ password: String, of id: AccountID) throws -> Bool
    /// Replaces the hash of a password by a stronger one of the same password.
    func rehash(_ password: String, replacing old: String, of id: AccountID) throws
    /// Sets a role.
    ///
    /// - Parameter keepsAnAdmin: true if the last admin must stay one.
    func setRole(
        _ role: Role, of id: AccountID, keepsAnAdmin: Bool
    ) throws -> ModerationResult
    /// Returns true if an account is the only admin.
    func isLastAdmin(_ id: AccountID) throws -> Bool
    /// Records a login.
    func recordLogin(of id: AccountID, at address: ClientAddress, time: Timestamp) throws

    // MARK: - Attempts

    /// Returns the counters of failed attempts, the one used last at the end.
    func attempts() throws -> [StoredAttempts]
    /// Stores counters, and forgets others.
    func save(_ attempts: [StoredAttempts], forgetting: [[UInt8]]) throws

    // MARK: - Bans and mutes

    /// Adds a ban, or replaces that of the same subject.
    func add(_ ban: Ban) throws
    /// Adds a mute, or replaces that of the same name.
    func add(_ mute: Mute) throws
    /// Removes a ban; returns false if there is none at that time.
    func removeBan(of subject: Ban.Subject, at time: Timestamp) throws -> Bool
    /// Removes a mute; returns false if there is none at that time.
    func removeMute(ofName key: String, at time: Timestamp) throws -> Bool

    // MARK: - Tokens

    /// Returns all tokens, by name.
    func tokens() throws -> [Token]
    /// Adds a token; returns false if there is one of that name.
    func add(_ token: Token, digest: [UInt8]) throws -> Bool
    /// Removes a token; returns false if there is none of that name.
    func removeToken(_ key: String) throws -> Bool

    // MARK: - Sessions

    /// Logs in a session, of which only the SHA-256 is known; the login ends 30 days after its last
    /// use, with a change of password, a ban, or the account's removal.
    ///
    /// - Parameter version: the version of the password that was right; if the password has another
    ///   version by now, nothing is done.
    func logIn(
        session digest: [UInt8], to id: AccountID, passwordVersion version: Int64,
        at time: Timestamp
    ) throws
    /// Returns the account of a session, and records that the session is used; `nil` if it is not
    /// logged in.
    func account(ofSession digest: [UInt8], at time: Timestamp) throws -> AccountID?
    /// Logs a session out.
    func endSession(_ digest: [UInt8]) throws
    /// Records how far somebody has read in a room; never moves back.
    func recordSeen(_ number: MessageNumber, in room: String, by id: AccountID) throws
    /// Returns how far somebody has read, by room.
    func seen(by id: AccountID) throws -> [String: MessageNumber]

    // MARK: - Private messages

    /// Stores a private message.
    ///
    /// - Parameter isLeft: true if it waits for the receiver's next login.
    func save(_ message: PrivateMessage, isLeft: Bool) throws
    /// Returns how many messages wait for an account, in all and from one sender.
    func waitingCount(
        for receiver: AccountID, from sender: AccountID
    ) throws -> (all: Int, ofSender: Int)
    /// Returns the messages that wait for an account, the oldest first; from then on they wait no
    /// longer, and stay.
    func dequeueWaiting(for receiver: AccountID) throws -> [PrivateMessage]
    /// Returns the last messages between an account and somebody, the oldest first.
    ///
    /// - Parameters:
    ///   - other: the other person's account; if `nil`, messages with people without an account
    ///     count.
    ///   - key: the other person's folded name.
    func privateMessages(
        of id: AccountID, with other: AccountID?, key: String, before number: MessageNumber,
        last count: Int
    ) throws -> [PrivateMessage]
    /// Returns the messages of an account after a number and since a time, the oldest first; only
    /// the newest of them if there are too many.
    func privateMessages(
        of id: AccountID, after number: MessageNumber, since time: Timestamp, atMost count: Int
    ) throws -> [PrivateMessage]
    /// Returns a message by its number, if an account is one of the two.
    func privateMessage(numbered number: MessageNumber, of id: AccountID) throws -> PrivateMessage?
    /// Removes a message by its number, as `AccountDirectory` says.
    func deletePrivateMessage(
        numbered number: MessageNumber, by id: AccountID, saidSince earliest: Timestamp?
    ) throws -> PrivateDeletionResult

    // MARK: - Keeping house

    /// Deletes what is too old: reserved names and private messages after `history`, messages left
    /// for people who are away after 90 days, bans and mutes that are over, and what is left of
    /// removed accounts.
    ///
    /// - Parameter history: the time for which messages are kept; `nil`: as long as the store
    ///   lives.
    func deleteExpired(at time: Timestamp, history: Duration?) throws
    /// Closes the file; nothing may be called after it.
    func close()
}
