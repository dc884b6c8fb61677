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
