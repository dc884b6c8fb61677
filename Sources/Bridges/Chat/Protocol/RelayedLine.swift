import MessageBus
import Sockets

/// The meaning of a line of an account that speaks for others; ranges are byte offsets in the line.
package enum RelayedLine: Sendable, Equatable {
    /// Nothing to be done: a notice, or a name alone.
    case nothing
    /// Says a text for somebody, or for the account itself.
    case say(Name, Range<Int>)
    /// A command of the account's own.
    case command(verb: Range<Int>, arguments: Range<Int>)
    /// The text after a notice.
    case line(Range<Int>)
    /// Leaves.
    case leave
    /// A text without a name.
    case nameless
    /// The name can't be one.
    case refused(NameProblem)

    /// Parses a line.
    ///
    /// - Parameter own: the account's name.
    @safe package init(
        _ line: UnsafeRawBufferPointer, of own: Name, _ grammar: LineGrammar, _ phrases: Phrases
    ) {
        if case .leave = grammar.meaning(of: line, from: own) {
            self = .leave
            return
        }
        switch grammar.meaning(of: line, from: nil) {
        case .enter(let name, .say(let text)):
            // A slash in front of a slash belongs to the text here.
            let start = text.lowerBound
            let isDoubled = line.byte(at: start) == slash && line.byte(at: start - 1) == slash
            self = .say(name, (isDoubled ? start - 1 : start)..<text.upperBound)
        case .enter(let name, .command(let verb, _)):
            self = .say(name, (verb.lowerBound - 1)..<line.count)
        case .enter(_, .line(let rest)): self = .line(rest)
        case .enter(_, .nothing), .content(.nothing), .leave: self = .nothing
        case .content(.command(let verb, let arguments)):
            self = .command(verb: verb, arguments: arguments)
        case .refused(let problem): self = .refused(problem)
        case .content, .nameless:
            let isNotice = line.text.hasSuffix(phrases.leftEnding)
            self = isNotice ? .nothing : .nameless
        }
    }
}

private var slash: UInt8 { 0x2F }
