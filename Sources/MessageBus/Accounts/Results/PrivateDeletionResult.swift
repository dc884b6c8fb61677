/// The answer to the deletion of a private message.
package enum PrivateDeletionResult: Sendable, Hashable {
    /// The message is gone for both people.
    case deleted
    /// There is no such message, or it is between others.
    case unknown
    /// The other person said it, or it is too old.
    case forbidden
    /// The store fails; the log says why.
    case unavailable
}
