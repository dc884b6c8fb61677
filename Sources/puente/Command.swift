import MessageBus
import Sockets

/// A command of the command line.
enum Command: Equatable {
    case run(file: String)
    case check(file: String)
    case describe(type: String?)
    case history(HistoryOptions, file: String)
    case search(String, HistoryOptions, file: String)
    case why(MessageNumber, file: String)
    case certificate([CertificateHost])
    case conform([String], isDurable: Bool)
    case accounts(AccountCommand, file: String)
    case version
    case help

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

    static let usage = """
        usage: puente [run]                      runs the bus
               puente check                      says what is wrong with the file, starts nothing
               puente describe [TYPE]            bridges and middlewares, with all their options
               puente history [--room R] [--last N] [--since 2h] [--follow] [--json]
                                                 what was said, the last 100 messages by default
               puente search [--room R] [--last N] [--since 2h] [--json] WORDS
                                                 the messages that hold all WORDS
               puente why NUMBER                 what became of one message
               puente certificate HOST...        makes certificate.pem and key.pem for TLS
               puente conform [--durable] -- COMMAND...
                                                 tries a program for the bridge exec
        \(AccountCommand.usage)
               puente version
               puente help
        Commands that need the configuration read ./bridge.json; --config FILE names another.
        """

    /// Parses the arguments after the program's name.
    init(_ arguments: [String]) throws(UsageError) {
        var arguments = try Arguments(arguments)
        let verb = arguments.words.first ?? "run"
        let words = arguments.words.dropFirst()
        var most = 1
        switch verb {
        case "run": self = .run(file: arguments.file)
        case "check": self = .check(file: arguments.file)
        case "describe":
            most = 2
            self = .describe(type: words.first)
        case "history":
            self = .history(try arguments.history(mayFollow: true), file: arguments.file)
        case "search":
            most = .max
            guard !words.isEmpty else { throw .noWord("search needs the words to look for") }
            self = .search(
                words.joined(separator: " "), try arguments.history(mayFollow: false),
                file: arguments.file)
        case "why":
            most = 2
            let word = words.first ?? ""
            guard let number = MessageNumber(word.hasPrefix("#") ? String(word.dropFirst()) : word)
            else {
                throw .noWord("why needs the number of a message")
            }
            self = .why(number, file: arguments.file)
        case "certificate":
            most = .max
            guard !words.isEmpty else {
                throw .noWord("certificate needs the names or addresses of this host")
            }
            self = .certificate(
                try words.map { (word) throws(UsageError) in
                    guard let host = CertificateHost(word) else {
                        throw .badValue(
                            "certificate", expected: "a host name or an IP address", found: word)
                    }
                    return host
                })
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
        case "version": self = .version
        case "help": self = .help
        default: throw .unknownVerb(verb)
        }
        try arguments.expectNothingElse(words: most)
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
        if let since = removeValue(.since) {
            guard let duration = Duration(option: since), duration <= Duration.maxOption else {
                let most = Duration.maxOption.plain
                throw .badValue(
                    "--since", expected: "\(Duration.expectation), at most \(most)", found: since)
            }
            options.since = duration
        }
        if mayFollow { options.isFollowing = removeFlag(.follow) }
        options.isJSON = removeFlag(.json)
        return options
    }
}
