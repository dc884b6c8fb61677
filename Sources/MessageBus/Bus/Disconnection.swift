/// The reason for which somebody is sent away.
package enum Disconnection: Sendable, Hashable {
    /// The account has another password.
    case passwordChanged
    /// The account is gone.
    case accountRemoved
}
