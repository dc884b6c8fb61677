/// What the command line asks for.
enum Command: Equatable {
    case run(file: String)
    case check(file: String)
    case describe(type: String?)
    case version
    case help

    /// What is read unless `--config` says otherwise.
    private static let standardFile = "bridge.json"

    static let usage = """
        usage: puente [run] [--config FILE]     runs the bus (FILE: bridge.json)
               puente check [--config FILE]     says what is wrong with FILE and starts nothing
               puente describe [TYPE]           bridges and middlewares, with all their options
               puente version
               puente help
        """

    /// Reads the arguments, the program's name left out.
    init(_ arguments: [String]) throws(UsageError) {
        var words: [String] = []
        var file: String?
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--config", "-c":
                guard let value = rest.popFirst() else { throw .noValue(argument) }
                file = value
            case _ where argument.hasPrefix("--config="):
                file = String(argument.dropFirst("--config=".count))
            case "--help", "-h": words.append("help")
            case "--version": words.append("version")
            case _ where argument.hasPrefix("-"): throw .unknownOption(argument)
            default: words.append(argument)
            }
        }
        try self.init(words, file: file)
    }

    private init(_ words: [String], file: String?) throws(UsageError) {
        let verb = words.first ?? "run"
        let takesFile = verb == "run" || verb == "check"
        let mostWords = verb == "describe" ? 2 : 1
        switch verb {
        case "run": self = .run(file: file ?? Self.standardFile)
        case "check": self = .check(file: file ?? Self.standardFile)
        case "describe": self = .describe(type: words.count > 1 ? words[1] : nil)
        case "version": self = .version
        case "help": self = .help
        default: throw .unknownVerb(verb)
        }
        if words.count > mostWords { throw .tooMany(words[mostWords]) }
        if file != nil, !takesFile { throw .unknownOption("--config") }
    }
}

/// What is wrong with the command line.
enum UsageError: Error, CustomStringConvertible, Equatable {
    case unknownVerb(String)
    case unknownOption(String)
    case noValue(String)
    case tooMany(String)

    var description: String {
        switch self {
        case .unknownVerb(let word): "there is no command \"\(word)\""
        case .unknownOption(let word): "there is no option \"\(word)\" here"
        case .noValue(let word): "\(word) needs a value"
        case .tooMany(let word): "what is \"\(word)\" for?"
        }
    }
}

/// How the program ends, by the numbers of sysexits.h.
enum ExitStatus: Int32 {
    case success = 0
    case usage = 64
    case unavailable = 69
    case configuration = 78
}
