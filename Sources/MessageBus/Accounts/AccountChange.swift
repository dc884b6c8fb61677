/// A change of accounts, bans or mutes, by this process or another.
package enum AccountChange: Sendable, Hashable {
    /// An account was created: from now on nobody else may use its name.
    case created(Account)
    /// An account has another name, or another spelling of its name.
    case renamed(Account, from: Account)
    /// An account is gone; its name is still reserved unless it was freed.
    case removed(Account)
    /// An account has another password: connections that are logged in to it end, except one.
    ///
    /// The connection is that of `changePassword(of:old:new:from:connection:then:)`; 0 if the
    /// password was changed elsewhere.
    case passwordChanged(Account, except: UInt64)
    /// An account has another role.
    case roleChanged(Account, from: Role)
    /// A ban was added: its subject is no longer let in.
    case banned(Ban)
    /// A ban was removed before its end.
    case unbanned(Ban)
    /// A mute was added: somebody may no longer speak.
    case muted(Mute)
    /// A mute was removed before its end.
    case unmuted(Mute)
}
