import MessageBus

/// A mistake in the command line.
enum UsageError: Error, CustomStringConvertible, Equatable {
    case unknownVerb(String)
    case unknownOption(String)
    case noValue(String)
    case badValue(String, expected: String, found: String)
    case noWord(String)
    case tooMany(String)
    case sentence(String)

    var description: String {
        switch self {
        case .unknownVerb(let word): "there is no command \"\(word)\""
        case .unknownOption(let word): "there is no option \"\(word)\" here"
        case .noValue(let word): "\(word) needs a value"
        case .badValue(let option, let expected, let found):
            "\(option): expected \(expected), found \(found.quoted)"
        case .noWord(let sentence), .sentence(let sentence): sentence
        case .tooMany(let word): "unexpected argument \"\(word)\""
        }
    }
}
