import CPCRE2
import MessageBus

/// A pattern that can't be compiled, or a match that was given up.
package enum PatternError: Error, Equatable, CustomStringConvertible {
    /// The pattern is invalid; the character, from 1, is where PCRE2 stopped.
    case invalid(String, character: Int)
    /// Matching took more steps, time or memory than one text may cost.
    case tooHard(pattern: String, bytes: Int, String)

    /// The sentence, without the text that was searched.
    package var description: String {
        switch self {
        case .invalid(let reason, let character): "\(reason), at character \(character)"
        case .tooHard(let pattern, let bytes, let reason):
            "the regular expression \(pattern.rendered) was given up on a text of \(bytes) bytes: "
                + reason
        }
    }
}
