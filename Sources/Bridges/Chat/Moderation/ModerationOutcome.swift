import MessageBus

/// The outcome of a moderator's command.
package enum ModerationOutcome {
    /// An answer, at once.
    case answer(AnswerCode, String)
    /// No answer: everybody reads what was done.
    case shown
    /// A change that the accounts must make first.
    case change(ModerationChange)
}
