import MessageBus

/// The outcome of a moderator's command.
package enum ModerationOutcome {
    /// An answer, at once.
    case answer(AnswerCode, String)
    /// No answer: everybody reads what was done.
    case shown
    /// Something that the accounts are to change first.
    case change(ModerationChange)
}
