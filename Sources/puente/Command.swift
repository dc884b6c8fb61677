import MessageBus
import Sockets

/// A command of the command line.
enum Command: Equatable {
    case run(file: String)
    case check(file: String, connects: Bool)
    case reload(isPlan: Bool, file: String)
    case describe(type: String?)
    case history(HistoryOptions, file: String)
    case search(String, HistoryOptions, file: String)
    case why(MessageNumber, file: String)
    case status(isJSON: Bool, file: String)
    case certificate([CertificateHost])
    case conform([String], isDurable: Bool)
    case accounts(AccountCommand, file: String)
    case tap(TapOptions, file: String)
    case top(file: String)
    case schema
    case test([String], file: String)
    case replay(ReplayOptions, file: String)
    case format(file: String, writes: Bool)
    case completion(Shell)
    case manual
    case version
    case help

    /// The options of `replay`.
    struct ReplayOptions: Equatable {
        /// The room; `nil` for all rooms.
        var room: String?
        /// The greatest age of a message.
        var since: Duration?
        /// The configuration whose chain judges; `nil` for the one that runs.
        var with: String?
    }

    /// The options of `history` and `search`.
    struct HistoryOptions: Equatable {
        /// The room; `nil` for all rooms.
        var room: String?
        var last = 100
        /// The greatest age of a message.
        var since: Duration?
        /// True to go on with new messages.
        var isFollowing = false
        var isJSON = false
    }

    /// The configuration that is read unless `--config` names another.
    private static let standardFile = "bridge.json"

    /// Parses the arguments after the program's name.
    init(_ arguments: [String]) throws(UsageError) {
        var arguments = try Arguments(arguments)
        let verb = arguments.words.first ?? "run"
        let words = arguments.words.dropFirst()
        var most = 1
        switch verb {
        case "run": self = .run(file: arguments.file)
        case "check":
            self = .check(file: arguments.file, connects: arguments.removeFlag(.connect))
        case "reload":
            self = .reload(isPlan: arguments.removeFlag(.plan), file: arguments.file)
        case "describe":
            most = 2
            self = .describe(type: words.first)
        case "history", "search", "why": (self, most) = try Self.reading(verb, &arguments)
        case "status":
            self = .status(isJSON: arguments.removeFlag(.json), file: arguments.file)
        case "certificate":
            most = .max
            self = .certificate(try Self.hosts(words))
        case "conform":
            most = .max
            guard !words.isEmpty else {
                throw .noWord("conform needs the program, and perhaps its arguments, behind --")
            }
            self = .conform(Array(words), isDurable: arguments.removeFlag(.durable))
        case "user", "token", "ban":
            most = .max
            let file = arguments.file
            self = .accounts(try AccountCommand(verb, &arguments), file: file)
        case "tap":
            let file = arguments.file
            self = .tap(try TapOptions(&arguments), file: file)
        case "top": self = .top(file: arguments.file)
        case "schema", "test", "replay", "format", "completion", "manual":
            (self, most) = try Self.trying(verb, &arguments)
        case "version": self = .version
        case "help": self = .help
        default: throw .unknownVerb(verb)
        }
        try arguments.expectNothingElse(words: most)
    }

    /// Parses a command that reads stored messages.
    ///
    /// - Returns: the command, and the most words that it may have.
    private static func reading(
        _ verb: String, _ arguments: inout Arguments
    ) throws(UsageError) -> (Command, Int) {
        let words = arguments.words.dropFirst()
        switch verb {
        case "history":
            return (.history(try arguments.history(mayFollow: true), file: arguments.file), 1)
        case "search":
            guard !words.isEmpty else { throw .noWord("search needs the words to look for") }
            let options = try arguments.history(mayFollow: false)
            return (.search(words.joined(separator: " "), options, file: arguments.file), .max)
        default:
            let word = words.first ?? ""
            guard let number = MessageNumber(word.hasPrefix("#") ? String(word.dropFirst()) : word)
            else {
                throw .noWord("why needs the number of a message")
            }
            return (.why(number, file: arguments.file), 2)
        }
    }

    /// Reads the names and addresses that a certificate is for.
    private static func hosts(_ words: ArraySlice<String>) throws(UsageError) -> [CertificateHost] {
        guard !words.isEmpty else {
            throw .noWord("certificate needs the names or addresses of this host")
        }
        return try words.map { (word) throws(UsageError) in
            guard let host = CertificateHost(word) else {
                throw .badValue(
                    "certificate", expected: "a host name or an IP address", found: word)
            }
            return host
        }
    }

    /// Parses a command for trying a configuration.
    ///
    /// - Returns: the command, and the most words that it may have.
    private static func trying(
        _ verb: String, _ arguments: inout Arguments
    ) throws(UsageError) -> (Command, Int) {
        let words = arguments.words.dropFirst()
        switch verb {
        case "test": return (.test(Array(words), file: arguments.file), .max)
        case "replay":
            var options = ReplayOptions()
            options.room = arguments.removeValue(.room)
            options.since = try arguments.since()
            options.with = arguments.removeValue(.with)
            return (.replay(options, file: arguments.file), 1)
        case "format":
            return (.format(file: arguments.file, writes: arguments.removeFlag(.write)), 1)
        case "completion":
            let names = Shell.allCases.map(\.rawValue).joined(separator: ", ")
            guard let word = words.first else {
                throw .noWord("completion needs a shell: \(names)")
            }
            guard let shell = Shell(rawValue: word) else {
                throw .badValue("completion", expected: "one of \(names)", found: word)
            }
            return (.completion(shell), 2)
        case "manual": return (.manual, 1)
        default: return (.schema, 1)
        }
    }

    fileprivate static func standard(_ file: String?) -> String { file ?? standardFile }
}

extension Arguments {
    fileprivate var file: String {
        mutating get { Command.standard(removeValue(.config)) }
    }

    fileprivate mutating func history(
        mayFollow: Bool
    ) throws(UsageError) -> Command.HistoryOptions {
        var options = Command.HistoryOptions()
        options.room = removeValue(.room)
        if let last = removeValue(.last) {
            guard let count = Int(last), count > 0 else {
                throw .badValue("--last", expected: "a whole number > 0", found: last)
            }
            options.last = count
        }
        options.since = try since()
        if mayFollow { options.isFollowing = removeFlag(.follow) }
        options.isJSON = removeFlag(.json)
        return options
    }

    /// Removes and returns the greatest age of messages.
    fileprivate mutating func since() throws(UsageError) -> Duration? {
        guard let since = removeValue(.since) else { return nil }
        guard let duration = Duration(option: since), duration <= Duration.maxOption else {
            let most = Duration.maxOption.plain
            throw .badValue(
                "--since", expected: "\(Duration.expectation), at most \(most)", found: since)
        }
        return duration
    }
}
