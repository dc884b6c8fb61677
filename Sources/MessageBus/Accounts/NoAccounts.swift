/// A directory without accounts, bans and mutes, for contexts that are made without one.
///
/// Safe from any thread. It answers at once, because it has no loop to answer on later: everything
/// that needs a store is unavailable.
package final class NoAccounts: AccountDirectory {
    /// The rules: everybody may take any name.
    package let policy = AccountPolicy()
    /// None.
    package var bans: [Ban] { [] }
    /// None.
    package var mutes: [Mute] { [] }

    /// Makes a directory.
    package init() {}

    /// Returns `nil`.
    package func account(named key: String) -> Account? { nil }
    /// Returns `nil`.
    package func account(nick: String) -> Account? { nil }
    /// Returns `nil`.
    package func account(_ id: AccountID) -> Account? { nil }
    /// Returns false.
    package func isReserved(_ key: String) -> Bool { false }

    /// Answers `.unavailable`.
    package func logIn(_ attempt: LoginAttempt, then: @escaping (LoginResult) -> Void) {
        then(.unavailable)
    }
    /// Answers `.unavailable`.
    package func register(
        _ attempt: LoginAttempt, name: String, then: @escaping (RegistrationResult) -> Void
    ) { then(.unavailable) }
    /// Answers `.unavailable`.
    package func withdraw(_ id: AccountID, then: @escaping (ModerationResult) -> Void) {
        then(.unavailable)
    }
    /// Answers `.unavailable`.
    package func changePassword(
        of id: AccountID, old: Password, new: Password, from address: ClientAddress,
        connection: UInt64, then: @escaping (PasswordResult) -> Void
    ) { then(.unavailable) }
    /// Answers `.unavailable`.
    package func unregister(
        _ id: AccountID, password: Password, from address: ClientAddress, connection: UInt64,
        then: @escaping (PasswordResult) -> Void
    ) { then(.unavailable) }

    /// Returns `nil`.
    package func ban(of address: ClientAddress) -> Ban? { nil }
    /// Returns `nil`.
    package func ban(ofName key: String) -> Ban? { nil }
    /// Returns `nil`.
    package func mute(ofName key: String) -> Mute? { nil }
    /// Answers `.unavailable`.
    package func add(_ ban: Ban, then: @escaping (ModerationResult) -> Void) {
        then(.unavailable)
    }
    /// Answers `.unavailable`.
    package func add(_ mute: Mute, then: @escaping (ModerationResult) -> Void) {
        then(.unavailable)
    }
    /// Answers `.unavailable`.
    package func removeBan(
        of subject: Ban.Subject, then: @escaping (ModerationResult) -> Void
    ) { then(.unavailable) }
    /// Answers `.unavailable`.
    package func removeMute(ofName key: String, then: @escaping (ModerationResult) -> Void) {
        then(.unavailable)
    }
    /// Answers `.unavailable`.
    package func setRole(
        _ role: Role, of id: AccountID, then: @escaping (ModerationResult) -> Void
    ) { then(.unavailable) }

    /// Answers `nil`.
    package func account(ofSession digest: [UInt8], then: @escaping (Account?) -> Void) {
        then(nil)
    }
    /// Does nothing.
    package func logIn(session digest: [UInt8], to id: AccountID) {}
    /// Does nothing.
    package func endSession(_ digest: [UInt8]) {}
    /// Returns `nil`.
    package func token(_ digest: [UInt8]) -> Token? { nil }
    /// Returns `nil`: nobody else has a name.
    package func claim(_ keys: Set<String>) -> String? { nil }
    /// Returns false.
    package func speaksForOthers(_ key: String) -> Bool { false }
    /// Does nothing.
    package func recordSeen(_ number: MessageNumber, in room: String, by id: AccountID) {}
    /// Answers with none.
    package func seen(by id: AccountID, then: @escaping ([String: MessageNumber]) -> Void) {
        then([:])
    }

    /// Does nothing.
    package func save(_ message: PrivateMessage) {}
    /// Answers `.unavailable`.
    package func leave(_ message: PrivateMessage, then: @escaping (LeavingResult) -> Void) {
        then(.unavailable)
    }
    /// Answers with none.
    package func dequeueLeft(for id: AccountID, then: @escaping ([PrivateMessage]) -> Void) {
        then([])
    }
    /// Answers with none.
    package func privateMessages(
        of id: AccountID, with key: String, before number: MessageNumber, last count: Int,
        then: @escaping ([PrivateMessage]) -> Void
    ) { then([]) }
    /// Answers with none.
    package func privateMessages(
        of id: AccountID, after number: MessageNumber, since time: Timestamp, atMost count: Int,
        then: @escaping ([PrivateMessage]) -> Void
    ) { then([]) }
    /// Answers with none.
    package func privateMessage(
        numbered number: MessageNumber, of id: AccountID, then: @escaping (PrivateMessage?) -> Void
    ) { then(nil) }
    /// Answers `.unavailable`.
    package func deletePrivateMessage(
        numbered number: MessageNumber, by id: AccountID, saidSince earliest: Timestamp?,
        then: @escaping (PrivateDeletionResult) -> Void
    ) { then(.unavailable) }

    /// Does nothing.
    package func observe(_ observer: @escaping (AccountChange) -> Void) {}
}
