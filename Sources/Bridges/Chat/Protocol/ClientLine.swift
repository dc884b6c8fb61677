import MessageBus

/// The meaning of one line of a client.
///
/// Ranges are byte offsets in that line.
package enum ClientLine: Sendable, Equatable {
    /// Says or commands something under the name the client has.
    case content(Content)
    /// Takes this name, enters the room, and then perhaps says something.
    case enter(Name, then: Content)
    /// Leaves.
    case leave
    /// Says something without a name, or enters by the line alone.
    case nameless(NamelessText)
    /// Can't be executed; the client is told the reason.
    case refused(NameProblem)

    /// The part of a line that remains once its sender is known.
    package enum Content: Sendable, Equatable {
        /// Nothing: an empty line, or a notice of what is so already.
        case nothing
        /// A text, never empty.
        case say(Range<Int>)
        /// A command: the verb after the slash (it may be empty), and its arguments without the
        /// space around them.
        case command(verb: Range<Int>, arguments: Range<Int>)
        /// Another line, after a notice and without an LF between them.
        case line(Range<Int>)
    }

    /// The form of a line without a name.
    package enum NamelessText: Sendable, Equatable {
        case text
        /// A name and a text, with no space after the colon.
        case missingSpace
    }
}
