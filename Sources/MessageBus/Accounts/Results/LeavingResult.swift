/// The answer to a private message that is left for somebody.
package enum LeavingResult: Sendable, Hashable {
    /// It waits for the receiver's next login.
    case left
    /// Too many wait already: 50 of this sender, or 500 in all.
    case full
    /// Nothing outlives the process, or the store fails.
    case unavailable
}
