/// The reason for which somebody is sent away.
package enum Disconnection: Sendable, Hashable {
    /// The account has another password.
    case passwordChanged
    /// The account is gone.
    case accountRemoved
    /// Somebody has sent them away, for this reason, which may be empty.
    case kicked(reason: String)
    /// The name or the address is banned, for this reason, which may be empty.
    case banned(reason: String)
}
