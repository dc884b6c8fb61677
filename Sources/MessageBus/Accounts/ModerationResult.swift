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

/// The answer to a private message that is left for somebody.
package enum LeavingResult: Sendable, Hashable {
    /// It waits for the receiver's next login.
    case left
    /// Too many wait already: 50 of this sender, or 500 in all.
    case full
    /// Nothing outlives the process, or the store fails.
    case unavailable
}

/// The answer to the deletion of a private message.
package enum PrivateDeletionResult: Sendable, Hashable {
    /// It is gone for both of the two.
    case deleted
    /// There is no such message, or it is between others.
    case unknown
    /// The other one said it, or it is too old.
    case forbidden
    /// The store fails; the log says why.
    case unavailable
}
