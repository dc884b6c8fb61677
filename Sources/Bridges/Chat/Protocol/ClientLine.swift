import Glibc
import MessageBus

/// What a client wants with one line.
///
/// Ranges are offsets of bytes in that line.
package enum ClientLine: Sendable, Equatable {
    /// To be heard, or obeyed, under the name it has.
    case utterance(Utterance)
    /// To take this name, enter the room, and then perhaps to be heard.
    case enter(Name, then: Utterance)
    /// To leave.
    case leave
    /// To say something without a name, or to enter by the line alone.
    case nameless(NamelessText)
    /// Nothing that it may want; to be told why.
    case refused(NameProblem)

    /// What is left of a line when it is known who sent it.
    package enum Utterance: Sendable, Equatable {
        /// Nothing at all: an empty line, or a notice of what is so already.
        case nothing
        /// A text, never empty.
        case say(Range<Int>)
        /// A command: what follows the slash, up to white space (it may be empty), and the rest
        /// without the space around it.
        case command(verb: Range<Int>, arguments: Range<Int>)
        /// Another line, which stands behind a notice without an LF between them.
        case line(Range<Int>)
    }

    /// What a line without a name looks like.
    package enum NamelessText: Sendable, Equatable {
        case text
        /// A name and a text, but for the space behind the colon.
        case missingSpace
    }
}
