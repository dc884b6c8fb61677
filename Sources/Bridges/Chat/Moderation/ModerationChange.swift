import MessageBus

/// Something that the accounts are to change for a moderator, and the answers to it.
package struct ModerationChange: Sendable {
    /// Asks the accounts.
    package let question:
        @Sendable (any AccountDirectory, _ then: @escaping (ModerationResult) -> Void) -> Void
    let done: String
    let refused: String
    let phrases: Phrases

    /// Returns the answer to a result; `nil` is the result of accounts that can't be reached.
    package func answer(to result: ModerationResult?) -> (code: AnswerCode, text: String) {
        switch result {
        case .done: (.ok, done)
        case .unknown: (.unknownUser, phrases.notRestricted)
        case .refused: (.forbidden, refused)
        case .full: (.full, phrases.tooManyRestrictions)
        case .unavailable, nil: (.dropped, phrases.accountsAreUnavailable)
        }
    }
}
