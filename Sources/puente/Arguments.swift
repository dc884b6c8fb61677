/// The words and options of a command line, not interpreted yet.
struct Arguments {
    /// The words that are not options.
    private(set) var words: [String] = []
    private var values: [Name: String] = [:]
    private var flags: [Name: String] = [:]

    /// The names of options.
    enum Name: String, CaseIterable {
        case config, room, last, since, follow, json, role, free, connect, with, write, plan
        case bridge, verdict, `where`, durable
        case readOnly = "read-only"

        var hasValue: Bool {
            switch self {
            case .config, .room, .last, .since, .role, .with, .bridge, .verdict, .where: true
            case .follow, .json, .free, .readOnly, .connect, .write, .plan, .durable: false
            }
        }
    }

    /// Parses the arguments after the program's name; `--` ends the options.
    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--":
                words += rest
                return
            case "--help", "-h": words.append("help")
            case "--version": words.append("version")
            case _ where argument.hasPrefix("-") && argument.count > 1:
                try parseOption(argument, &rest)
            default: words.append(argument)
            }
        }
    }

    private mutating func parseOption(
        _ argument: String, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let spelling = parts[0] == "-c" ? "--config" : parts[0]
        guard spelling.hasPrefix("--"), let name = Name(rawValue: String(spelling.dropFirst(2)))
        else { throw .unknownOption(Self.withoutValue(argument)) }
        if !name.hasValue {
            if parts.count > 1 { throw .unknownOption(Self.withoutValue(argument)) }
            flags[name] = argument
        } else if parts.count > 1 {
            values[name] = String(parts[1])
        } else if let value = rest.popFirst() {
            values[name] = value
        } else {
            throw .noValue(argument)
        }
    }

    /// Returns an option as an error may show it: the text in it or behind it may be a password.
    private static func withoutValue(_ argument: String) -> String {
        guard argument.hasPrefix("--") else { return String(argument.prefix(2)) }
        return String(argument.prefix { $0 != "=" })
    }

    /// Removes and returns the value of an option.
    mutating func removeValue(_ name: Name) -> String? { values.removeValue(forKey: name) }

    /// Removes an option without a value; returns true if it was given.
    mutating func removeFlag(_ name: Name) -> Bool { flags.removeValue(forKey: name) != nil }

    /// Throws if an option or a word is left over.
    func expectNothingElse(words most: Int) throws(UsageError) {
        if words.count > most { throw .tooMany(words[most]) }
        for name in Name.allCases where values[name] != nil || flags[name] != nil {
            throw .unknownOption("--\(name.rawValue)")
        }
    }
}
