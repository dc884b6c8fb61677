import Chat
import MessageBus

/// What follows a piece of a list.
enum AnswerListProgress: Equatable {
    /// There is more.
    case more
    /// That was the last of it.
    case end
    /// These messages, which have to be fetched from the store.
    case needs([UInt64])
}
