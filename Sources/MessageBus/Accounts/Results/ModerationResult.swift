/// The answer to a change of bans, mutes and roles.
package enum ModerationResult: Sendable, Hashable {
    /// It is done.
    case done
    /// There is no such ban, mute or account.
    case unknown
    /// It is not allowed: the last admin stays one.
    case refused
    /// There are too many bans and mutes: 10,000.
    case full
    /// The store fails; the log says why.
    case unavailable
}
