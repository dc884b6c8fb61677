/// The rights of an account.
package enum Role: String, Sendable, CaseIterable {
    /// Talks like everybody.
    case member
    /// Sends away, bans and mutes members, and deletes what was said.
    case moderator
    /// A moderator who also gives roles and speaks for the server.
    case admin
    /// Speaks for people on other networks, shown as `NAME (account)`.
    case relay
}
