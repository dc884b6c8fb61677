import MessageBus

/// The outcome of a moderator's command.
package enum ModerationOutcome {
    /// An answer, at once.
    case answer(AnswerCode, String)
    /// It is done, and announced to everybody: the answer needs no text.
    case shown
    /// A change that the caller applies to the accounts, and then answers.
    case change(ModerationChange)
}
