import MessageBus

/// A ban, a mute or the like that was accepted and is still to be done by the accounts, with the
/// answers to the moderator.
///
/// Made by `Moderator`. The moderator's connection calls `apply` on the bus's loop, and `then` is
/// called there, too.
package struct ModerationChange: Sendable {
    /// Has the accounts make the change.
    package let apply:
        @Sendable (any AccountDirectory, _ then: @escaping (ModerationResult) -> Void) -> Void
    /// The answer if the change was made.
    let doneText: String
    /// The answer if the moderator may not make the change.
    let refusedText: String
    /// The moderator's language.
    let phrases: Phrases

    /// Returns the answer to a result; `nil` is the result of accounts that can't be reached.
    package func answer(to result: ModerationResult?) -> (code: AnswerCode, text: String) {
        switch result {
        case .done: (.ok, doneText)
        case .unknown: (.unknownUser, phrases.notRestricted)
        case .refused: (.forbidden, refusedText)
        case .full: (.full, phrases.tooManyRestrictions)
        case .unavailable, nil: (.dropped, phrases.accountsAreUnavailable)
        }
    }
}
