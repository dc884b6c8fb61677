/// The permission of a program, without its secret.
package struct Token: Sendable, Equatable {
    /// The name as people read it.
    package let name: String
    /// The name folded.
    package let key: String
    /// The account that it belongs to; `nil` for one of the operator's.
    package let account: AccountID?
    /// The only room that it is for; `nil` for all.
    package let room: String?
    /// True if nothing may be said with it.
    package let isReadOnly: Bool
    /// The moment when it was made.
    package let created: Timestamp

    /// Makes a token.
    package init(
        _ name: String, key: String, account: AccountID? = nil, room: String? = nil,
        isReadOnly: Bool = false, created: Timestamp
    ) {
        self.name = name
        self.key = key
        self.account = account
        self.room = room
        self.isReadOnly = isReadOnly
        self.created = created
    }
}
