import MessageBus

/// The rule that a text breaks as a name.
package enum NameProblem: Error, Sendable, Equatable {
    /// It is empty.
    case empty
    /// It has more than 32 characters or 64 bytes.
    case tooLong
    /// It has a quotation mark, a colon, an arrow or a bracket, or a character that looks like one.
    case reserved(Character)
    /// It begins with `/`, `#`, `@` or `*`, in any form.
    case leadingSign(Character)
    /// It has a space at an end, or two in a row.
    case misplacedSpace
    /// It has white space other than U+0020.
    case strangeSpace
    /// It has a control character, or an invisible or default-ignorable one.
    case invisible
    /// It has a character whose look is unknown: unassigned, or for private use.
    case unknownCharacter
    /// A combining mark is first in it, or follows a space.
    case loneMark
    /// It is the server's own name, in some language.
    case server
    /// It is the name of a service that IRC networks have, which people give their passwords to.
    case service
    /// It holds the words of a notice, in some language.
    case notice
    /// It ends in `~`, like the names that people get who had to give up theirs.
    case reservedEnding
    /// It is one of those that guests are given.
    case guest
    /// It is a number, an address or a block of addresses.
    case number
    /// It mixes letters of Latin, Greek and Cyrillic, some of which look alike.
    case mixedScripts
}
