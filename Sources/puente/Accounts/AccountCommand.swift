import MessageBus

/// A command of `puente user`, `puente token` or `puente ban`.
enum AccountCommand: Equatable {
    case listUsers
    case addUser(name: String, Role)
    case renameUser(name: String, to: String)
    case removeUser(name: String, frees: Bool)
    case setPassword(name: String)
    case setRole(name: String, Role)
    case listTokens
    case addToken(name: String, room: String?, isReadOnly: Bool)
    case removeToken(name: String)
    case listBans
    case addBan(subject: String, Duration?, reason: String)
    case removeBan(subject: String)

    /// Parses the words after `puente`.
    init(_ verb: String, _ arguments: inout Arguments) throws(UsageError) {
        let words = Array(arguments.words.dropFirst())
        guard let action = words.first else {
            throw .sentence("\(verb) needs a command: \(Self.actions(of: verb))")
        }
        var rest = Operands(words.dropFirst(), of: "\(verb) \(action)")
        switch verb {
        case "user": self = try Self.user(action, &rest, &arguments)
        case "token": self = try Self.token(action, &rest, &arguments)
        default: self = try Self.ban(action, &rest)
        }
        try rest.end()
        try arguments.expectNothingElse(words: .max)
    }

    private static func actions(of verb: String) -> String {
        switch verb {
        case "user": "list, add, password, role, rename, remove"
        default: "list, add, remove"
        }
    }

    private static func unknown(_ action: String, of verb: String) -> UsageError {
        .sentence(
            "\(verb) has no command \"\(action)\"; there are \(actions(of: verb))")
    }

    private static func user(
        _ action: String, _ words: inout Operands, _ arguments: inout Arguments
    ) throws(UsageError) -> AccountCommand {
        switch action {
        case "list": return .listUsers
        case "add":
            return .addUser(
                name: try words.next("the name"),
                try arguments.removeValue(.role).map(role(from:)) ?? .member)
        case "rename":
            return .renameUser(
                name: try words.next("the present name"), to: try words.next("the new name"))
        case "remove":
            return .removeUser(
                name: try words.next("the name"), frees: arguments.removeFlag(.free))
        case "password": return .setPassword(name: try words.next("the name"))
        case "role":
            return .setRole(
                name: try words.next("the name"), try role(from: words.next("the role")))
        default: throw unknown(action, of: "user")
        }
    }

    private static func role(from word: String) throws(UsageError) -> Role {
        guard let role = Role(rawValue: word) else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw .sentence("expected a role (\(roles)), found \(word.quoted)")
        }
        return role
    }

    private static func token(
        _ action: String, _ words: inout Operands, _ arguments: inout Arguments
    ) throws(UsageError) -> AccountCommand {
        switch action {
        case "list": return .listTokens
        case "add":
            return .addToken(
                name: try words.next("the name"), room: arguments.removeValue(.room),
                isReadOnly: arguments.removeFlag(.readOnly))
        case "remove": return .removeToken(name: try words.next("the name"))
        default: throw unknown(action, of: "token")
        }
    }

    private static func ban(
        _ action: String, _ words: inout Operands
    ) throws(UsageError) -> AccountCommand {
        switch action {
        case "list": return .listBans
        case "remove": return .removeBan(subject: try words.next("the name or address"))
        case "add":
            let subject = try words.next("the name or address")
            let duration = try words.duration()
            return .addBan(subject: subject, duration, reason: words.removeRest())
        default: throw unknown(action, of: "ban")
        }
    }

    /// The words behind a command, consumed one after the other.
    private struct Operands {
        private var rest: ArraySlice<String>
        private let command: String

        init(_ words: ArraySlice<String>, of command: String) {
            rest = words
            self.command = command
        }

        mutating func next(_ what: String) throws(UsageError) -> String {
            guard let word = rest.popFirst() else { throw .sentence("\(command) needs \(what)") }
            return word
        }

        /// Consumes a duration, if there is one; a text that begins with a digit and is no duration
        /// can't be a reason either.
        mutating func duration() throws(UsageError) -> Duration? {
            guard let word = rest.first, word.first?.isNumber == true else { return nil }
            guard let duration = Duration(option: word), duration > .zero,
                duration <= Duration.maxOption
            else {
                throw .badValue(
                    command, expected: "\(Duration.expectation) or a reason", found: word)
            }
            rest.removeFirst()
            return duration
        }

        mutating func removeRest() -> String {
            defer { rest = [] }
            return rest.joined(separator: " ")
        }

        /// Throws if words are left; never says which, because one may be a password.
        func end() throws(UsageError) {
            guard !rest.isEmpty else { return }
            throw .sentence(
                "\(command) has more words than it takes; a password can't be an argument, which "
                    + "anybody who lists processes could read: it is asked for, or read from "
                    + "standard input")
        }
    }
}
