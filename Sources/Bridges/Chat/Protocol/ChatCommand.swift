import MessageBus

/// A command of the chat; the raw value is the verb, the same in every language.
package enum ChatCommand: String, Sendable, CaseIterable {
    /// Lists the commands.
    case help
    /// Changes one's name.
    case nick
    /// Lists the rooms.
    case rooms
    /// Goes to another room.
    case join
    /// Lists the people in the room.
    case who
    /// Says what the sender does: `/me waves`.
    case me
    /// Says something to one person.
    case msg
    /// Answers a message.
    case reply
    /// Shows the room's last messages.
    case history
    /// Shows the messages that hold some words.
    case search
    /// Makes an account of a name.
    case register
    /// Enters as the owner of an account.
    case login
    /// Changes an account's password.
    case password
    /// Removes an account.
    case unregister
    /// Deletes a message.
    case delete
    /// Sends somebody away.
    case kick
    /// Keeps somebody out.
    case ban
    /// Takes a ban back.
    case unban
    /// Lists the bans and mutes.
    case bans
    /// Keeps somebody from speaking.
    case mute
    /// Takes a mute back.
    case unmute
    /// Says something to everybody for the server.
    case announce
    /// Gives an account a role.
    case role
    /// Leaves.
    case quit

    /// Makes the command of a verb, in any case, or of a word that people try instead.
    package init?(verb: String) {
        guard verb.utf8.count <= Self.maxVerbBytes else { return nil }
        let verb = verb.lowercased()
        guard let command = ChatCommand(rawValue: verb) ?? Self.otherVerbs[verb] else { return nil }
        self = command
    }

    /// Returns the verb that was probably meant by an unknown one.
    package static func nearestVerb(to verb: String) -> String? {
        let start = Array(verb.utf8.prefix(2))
        guard let first = start.first, verb.utf8.count <= maxVerbBytes else { return nil }
        // A comparison costs microseconds, so only verbs that begin alike are compared: with the
        // two letters swapped, or one letter too many or too few.
        let candidates = allVerbs.filter { other in
            let other = Array(other.utf8.prefix(2))
            return other.contains(first | 0x20) || other.first == start[start.count - 1] | 0x20
        }
        return Suggestion.nearest(to: verb, among: candidates)
    }

    /// The verbs of commands that carry a password.
    static let passwordVerbs =
        allCases.filter(\.carriesPassword).map(\.rawValue)
        + otherVerbs.filter(\.value.carriesPassword).keys

    private static let allVerbs = allCases.map(\.rawValue) + otherVerbs.keys.sorted()

    /// Bytes of the longest text that is looked up as a verb.
    private static let maxVerbBytes = 32

    /// Verbs of other chats, and the words for the commands in Spanish and English.
    private static let otherVerbs: [String: ChatCommand] = [
        "ayuda": .help, "commands": .help, "comandos": .help, "h": .help, "?": .help,
        "apodo": .nick, "name": .nick, "nombre": .nick, "salas": .rooms, "list": .rooms,
        "room": .join, "sala": .join, "entrar": .join, "unirse": .join, "go": .join, "ir": .join,
        "users": .who, "names": .who, "usuarios": .who, "quien": .who, "quién": .who,
        "gente": .who, "w": .msg, "whisper": .msg, "tell": .msg, "pm": .msg, "privado": .msg,
        "decir": .msg, "responder": .reply, "historial": .history, "historia": .history,
        "buscar": .search, "find": .search, "salir": .quit, "exit": .quit, "leave": .quit,
        "bye": .quit, "adios": .quit, "adiós": .quit, "q": .quit, "close": .quit,
        "logout": .quit, "disconnect": .quit, "registrar": .register, "registrarse": .register,
        "signup": .register, "identify": .login, "signin": .login, "acceder": .login,
        "passwd": .password, "contraseña": .password, "contrasena": .password, "clave": .password,
        "borrar": .delete, "del": .delete, "echar": .kick, "expulsar": .kick, "banear": .ban,
        "vetar": .ban, "desbanear": .unban, "vetos": .bans, "silenciar": .mute, "callar": .mute,
        "anunciar": .announce, "wall": .announce, "rol": .role,
    ]

    /// True if the answer has many lines.
    package var isList: Bool {
        switch self {
        case .help, .rooms, .who, .history, .search, .bans: true
        case .nick, .join, .me, .msg, .reply, .register, .login, .password, .unregister, .quit,
            .delete, .kick, .ban, .unban, .mute, .unmute, .announce, .role:
            false
        }
    }

    /// True if one of its arguments is a password.
    package var carriesPassword: Bool {
        switch self {
        case .register, .login, .password, .unregister: true
        case .help, .nick, .rooms, .join, .who, .me, .msg, .reply, .history, .search, .quit,
            .delete, .kick, .ban, .unban, .bans, .mute, .unmute, .announce, .role:
            false
        }
    }

    /// True if it may be used before one has a name.
    package var worksWithoutName: Bool {
        switch self {
        case .help, .nick, .rooms, .join, .who, .history, .search, .register, .login, .quit: true
        case .me, .msg, .reply, .password, .unregister, .delete, .kick, .ban, .unban, .bans, .mute,
            .unmute, .announce, .role:
            false
        }
    }

    /// True if it may be used before a login where one is required.
    package var worksBeforeLogin: Bool {
        switch self {
        case .help, .register, .login, .quit: true
        case .nick, .rooms, .join, .who, .me, .msg, .reply, .history, .search, .password,
            .unregister, .delete, .kick, .ban, .unban, .bans, .mute, .unmute, .announce, .role:
            false
        }
    }
}
