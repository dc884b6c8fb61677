/// What can be asked for with a slash; the raw value is the verb, the same in every language.
package enum ChatCommand: String, Sendable, CaseIterable {
    /// Lists the commands.
    case help
    /// Changes one's name.
    case nick
    /// Lists the rooms.
    case rooms
    /// Goes to another room.
    case join
    /// Lists who is here.
    case who
    /// Says something to one person.
    case msg
    /// Answers a message.
    case reply
    /// Shows what was said last.
    case history
    /// Shows what was said with some words in it.
    case search
    /// Leaves.
    case quit

    /// Whether its answer has many lines.
    package var isList: Bool {
        switch self {
        case .help, .rooms, .who, .history, .search: true
        case .nick, .join, .msg, .reply, .quit: false
        }
    }

    /// Whether one may use it before one has a name.
    package var worksWithoutName: Bool {
        switch self {
        case .help, .nick, .rooms, .join, .who, .history, .search, .quit: true
        case .msg, .reply: false
        }
    }
}
