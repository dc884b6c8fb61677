/// The types of messages that clients may send: the values of `type`.
enum ClientMessageType: String, CaseIterable, Sendable {
    case hello, say, whisper, enter, leave, rename, login, register, password, delete, history
    case search, people, seen, bye, unregister, command
}
