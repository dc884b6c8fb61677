/// The directory of accounts, bans and mutes that the bus and its bridges consult.
///
/// Confined to the bus's loop. Questions about names and addresses are answered from memory;
/// passwords are checked on separate threads. Every `then` is called on the loop, once, and never
/// before the function that it was given to returns. A change of an account calls the `then` of its
/// caller first, and the observers after it.
package protocol AccountDirectory: AnyObject, Sendable {
    /// The rules of bridge.json.
    var policy: AccountPolicy { get }

    // MARK: - Names

    /// Returns the account with a folded name.
    func account(named key: String) -> Account?
    /// Returns the only account whose folded name, as clients of IRC read it (`NickForm`), is a
    /// nick; `nil` if there is none, or several that are older than the rule against it.
    func account(nick: String) -> Account?
    /// Returns an account by its number.
    func account(_ id: AccountID) -> Account?
    /// Returns true if nobody may take a folded name without logging in: it or one with the same
    /// nick is registered, or its account was removed and the name was not freed.
    func isReserved(_ key: String) -> Bool

    // MARK: - Passwords

    /// Checks a name and a password for a login.
    func logIn(_ attempt: LoginAttempt, then: @escaping (LoginResult) -> Void)
    /// Creates an account with a name.
    ///
    /// The caller has checked that people may choose the name and that nobody else has it.
    ///
    /// - Parameters:
    ///   - attempt: the folded name and the new password.
    ///   - name: the name as people read it.
    func register(
        _ attempt: LoginAttempt, name: String, then: @escaping (RegistrationResult) -> Void)
    /// Undoes a registration that failed in a later step: removes the account and frees its name.
    func withdraw(_ id: AccountID, then: @escaping (ModerationResult) -> Void)
    /// Changes the password of an account whose owner is logged in.
    func changePassword(
        of id: AccountID, old: Password, new: Password, from address: ClientAddress,
        connection: UInt64, then: @escaping (PasswordResult) -> Void)
    /// Removes an account, its private messages and its tokens; the name stays reserved. The last
    /// admin is refused.
    func unregister(
        _ id: AccountID, password: Password, from address: ClientAddress, connection: UInt64,
        then: @escaping (PasswordResult) -> Void)

    // MARK: - Moderation

    /// Returns the ban that keeps an address out.
    func ban(of address: ClientAddress) -> Ban?
    /// Returns the ban that keeps a folded name out, whatever its account is called by now.
    func ban(ofName key: String) -> Ban?
    /// Returns the mute of a folded name, whatever its account is called by now.
    func mute(ofName key: String) -> Mute?
    /// All bans that are not over, the newest last.
    var bans: [Ban] { get }
    /// All mutes that are not over, the newest last.
    var mutes: [Mute] { get }
    /// Adds a ban; an earlier one of the same name or block is replaced. The ban of an account
    /// stays with the account when its name changes.
    func add(_ ban: Ban, then: @escaping (ModerationResult) -> Void)
    /// Adds a mute; an earlier one of the same name is replaced.
    func add(_ mute: Mute, then: @escaping (ModerationResult) -> Void)
    /// Removes the ban of a name or block before its end.
    func removeBan(of subject: Ban.Subject, then: @escaping (ModerationResult) -> Void)
    /// Removes the mute of a folded name before its end.
    func removeMute(ofName key: String, then: @escaping (ModerationResult) -> Void)
    /// Gives an account another role; refused for the last admin.
    func setRole(_ role: Role, of id: AccountID, then: @escaping (ModerationResult) -> Void)

    // MARK: - Sessions and tokens

    /// Returns the account that a session is logged in to, by the SHA-256 of the session, and
    /// records that the session is used.
    func account(ofSession digest: [UInt8], then: @escaping (Account?) -> Void)
    /// Logs a session in; the login ends 30 days after its last use, with a change of password, a
    /// ban, or the account's removal.
    func logIn(session digest: [UInt8], to id: AccountID)
    /// Logs a session out.
    func endSession(_ digest: [UInt8])
    /// Returns the token of a program by the SHA-256 of its secret; `nil` if there is none.
    ///
    /// From memory; tokens that another process makes or removes are seen within a second.
    func token(_ digest: [UInt8]) -> Token?
    /// Claims the names that a bridge's configuration gives to programs, so that from now on no
    /// relay account can get one of them.
    ///
    /// - Parameter keys: the names, folded.
    /// - Returns: a sentence, if one of them is the name of a bridge, a token or a relay already;
    ///   nothing is claimed then.
    func claim(_ keys: Set<String>) -> String?
    /// Returns whether a folded name is that of a token or a relay account, which stands in
    /// parentheses behind the names of the people that it speaks for.
    func speaksForOthers(_ key: String) -> Bool
    /// Records how far somebody has read in a room, for all of that person's devices; never moves
    /// back.
    func recordSeen(_ number: MessageNumber, in room: String, by id: AccountID)
    /// Returns how far somebody has read, by room.
    func seen(by id: AccountID, then: @escaping ([String: MessageNumber]) -> Void)

    // MARK: - Private messages

    /// Stores a private message for whichever of its sender and receiver have an account.
    ///
    /// Does nothing if neither has one.
    func save(_ message: PrivateMessage)
    /// Stores a private message for somebody who is away: at most 50 from each sender and 500 in
    /// all, for 90 days.
    func leave(_ message: PrivateMessage, then: @escaping (LeavingResult) -> Void)
    /// Returns the messages left for an account while its owner was away, the oldest first; from
    /// then on they are no longer left, but kept like all others.
    func dequeueLeft(for id: AccountID, then: @escaping ([PrivateMessage]) -> Void)
    /// Returns the last private messages between an account and somebody with a folded name, the
    /// oldest first.
    func privateMessages(
        of id: AccountID, with key: String, before number: MessageNumber, last count: Int,
        then: @escaping ([PrivateMessage]) -> Void)
    /// Returns the private messages of an account after a number and since a time, the oldest
    /// first; only the newest of them if there are too many.
    func privateMessages(
        of id: AccountID, after number: MessageNumber, since time: Timestamp, atMost count: Int,
        then: @escaping ([PrivateMessage]) -> Void)
    /// Returns a private message by its number, if the account is its sender's or its receiver's.
    func privateMessage(
        numbered number: MessageNumber, of id: AccountID, then: @escaping (PrivateMessage?) -> Void)
    /// Deletes a private message by its number, for both its sender and its receiver.
    ///
    /// - Parameters:
    ///   - id: the sender's or the receiver's account; for everybody else there is no such message.
    ///   - earliest: the account must have said it at this time or later; `nil`: either of the two
    ///     may have said it, at any time.
    func deletePrivateMessage(
        numbered number: MessageNumber, by id: AccountID, saidSince earliest: Timestamp?,
        then: @escaping (PrivateDeletionResult) -> Void)

    // MARK: - Changes

    /// Registers a function that is called after every change, for as long as the directory lives.
    ///
    /// Changes that another process makes are seen within a second.
    func observe(_ observer: @escaping (AccountChange) -> Void)
}
