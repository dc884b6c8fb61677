import MessageBus

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
    /// Says what one does: `/me waves`.
    case me
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

    /// The command of a verb: its own in any case, or a word that people try for it.
    package init?(verb: String) {
        guard verb.utf8.count <= Self.longestVerb else { return nil }
        let verb = verb.lowercased()
        guard let command = ChatCommand(rawValue: verb) ?? Self.otherVerbs[verb] else { return nil }
        self = command
    }

    /// The commands that `/help` lists: not `/me`, which those who miss it know.
    package static let listed = allCases.filter { $0 != .me }

    /// What somebody probably meant by a verb that is none.
    package static func nearestVerb(to verb: String) -> String? {
        let start = Array(verb.utf8.prefix(2))
        guard let first = start.first, verb.utf8.count <= longestVerb else { return nil }
        // Comparing costs microseconds, so only what begins alike is: the two letters swapped, or one
        // too many or too few.
        let candidates = allVerbs.filter { other in
            let other = Array(other.utf8.prefix(2))
            return other.contains(first | 0x20) || other.first == start[start.count - 1] | 0x20
        }
        return Suggestion.nearest(to: verb, among: candidates)
    }

    private static let allVerbs = allCases.map(\.rawValue) + otherVerbs.keys.sorted()

    /// Bytes of a verb that may be one.
    private static let longestVerb = 32

    /// What people type who know other chats, or the words of the commands in Spanish or English.
    private static let otherVerbs: [String: ChatCommand] = [
        "ayuda": .help, "commands": .help, "comandos": .help, "h": .help, "?": .help,
        "apodo": .nick, "name": .nick, "nombre": .nick, "salas": .rooms, "list": .rooms,
        "room": .join, "sala": .join, "entrar": .join, "unirse": .join, "go": .join, "ir": .join,
        "users": .who, "names": .who, "usuarios": .who, "quien": .who, "quién": .who,
        "gente": .who, "w": .msg, "whisper": .msg, "tell": .msg, "pm": .msg, "privado": .msg,
        "decir": .msg, "responder": .reply, "historial": .history, "historia": .history,
        "buscar": .search, "find": .search, "salir": .quit, "exit": .quit, "leave": .quit,
        "bye": .quit, "adios": .quit, "adiós": .quit, "q": .quit, "close": .quit,
        "logout": .quit, "disconnect": .quit,
    ]

    /// Whether its answer has many lines.
    package var isList: Bool {
        switch self {
        case .help, .rooms, .who, .history, .search: true
        case .nick, .join, .me, .msg, .reply, .quit: false
        }
    }

    /// Whether one may use it before one has a name.
    package var worksWithoutName: Bool {
        switch self {
        case .help, .nick, .rooms, .join, .who, .history, .search, .quit: true
        case .me, .msg, .reply: false
        }
    }
}
