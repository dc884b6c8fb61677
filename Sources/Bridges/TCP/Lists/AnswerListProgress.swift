import MessageBus

/// The step that follows a piece of a list.
enum AnswerListProgress: Equatable {
    /// Another piece.
    case more
    /// Nothing: the list has ended.
    case end
    /// A request to the store for these messages.
    case needs([MessageNumber])
}
