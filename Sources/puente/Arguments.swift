/// The words and options of a command line, before anybody knows what they mean.
struct Arguments {
    /// What stands alone.
    private(set) var words: [String] = []
    private var values: [Name: String] = [:]
    private var flags: [Name: String] = [:]

    /// What may stand behind two hyphens.
    enum Name: String, CaseIterable {
        case config, room, last, since, follow, json

        var hasValue: Bool {
            switch self {
            case .config, .room, .last, .since: true
            case .follow, .json: false
            }
        }
    }

    /// Reads the arguments, the program's name left out; `--` ends the options.
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
                try take(argument, &rest)
            default: words.append(argument)
            }
        }
    }

    private mutating func take(
        _ argument: String, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let spelling = parts[0] == "-c" ? "--config" : parts[0]
        guard spelling.hasPrefix("--"), let name = Name(rawValue: String(spelling.dropFirst(2)))
        else { throw .unknownOption(argument) }
        if !name.hasValue {
            if parts.count > 1 { throw .unknownOption(argument) }
            flags[name] = argument
        } else if parts.count > 1 {
            values[name] = String(parts[1])
        } else if let value = rest.popFirst() {
            values[name] = value
        } else {
            throw .noValue(argument)
        }
    }

    /// Takes the value of an option.
    mutating func value(_ name: Name) -> String? { values.removeValue(forKey: name) }

    /// Takes an option that has no value.
    mutating func flag(_ name: Name) -> Bool { flags.removeValue(forKey: name) != nil }

    /// Finds an option or a word that nobody has taken.
    func expectNothingElse(words most: Int) throws(UsageError) {
        if words.count > most { throw .tooMany(words[most]) }
        for name in Name.allCases where values[name] != nil || flags[name] != nil {
            throw .unknownOption("--\(name.rawValue)")
        }
    }
}
