import CPCRE2
import MessageBus

/// Why a pattern can't be compiled, or why matching was given up.
package enum PatternError: Error, Equatable, CustomStringConvertible {
    /// The reason, and before which character, from 1, it was found.
    case invalid(String, character: Int)
    /// Matching took more steps, time or memory than one text may cost.
    case tooHard(pattern: String, bytes: Int, String)

    /// In one sentence, without the text that was looked at.
    package var description: String {
        switch self {
        case .invalid(let reason, let character): "\(reason), at character \(character)"
        case .tooHard(let pattern, let bytes, let reason):
            "the regular expression \(pattern.rendered) was given up on a text of \(bytes) bytes: "
                + reason
        }
    }
}
