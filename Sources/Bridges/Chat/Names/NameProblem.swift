import MessageBus

/// Why something is no name.
package enum NameProblem: Error, Sendable, Equatable {
    /// There is nothing.
    case empty
    /// More than 32 characters or 64 bytes.
    case tooLong
    /// A character that the bus keeps for itself, or one that looks like it in a wider or smaller form.
    case reserved(Character)
    /// It begins with `/`, `#`, `@` or `*`, in any form.
    case leadingSign(Character)
    /// A space at an end, or two in a row.
    case misplacedSpace
    /// White space other than U+0020.
    case strangeSpace
    /// A control character, an invisible or a default-ignorable one.
    case invisible
    /// Nobody knows how it looks: unassigned, or for private use.
    case unknownCharacter
    /// An accent with no letter under it.
    case loneMark
    /// It is the server's own, in some language.
    case server
    /// It holds the words of a notice, in some language.
    case notice
    /// It ends in `~`: names that somebody had to give up do.
    case reservedEnding
    /// It is one of those that people get who choose none.
    case guest
    /// It is a number, an address or a block of addresses.
    case number
    /// It has letters of Latin, Greek and Cyrillic together, some of which look alike.
    case mixedScripts
}
