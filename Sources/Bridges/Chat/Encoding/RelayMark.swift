/// The mark in a text that a bridge relays for somebody: a zero-width space after the first letter
/// of the name in front.
///
/// IRC clients search texts for their own user's nick, and do not find it in a marked name. Two
/// marked names in one line show that the line was relayed twice and is going round in a loop. A
/// text of several lines has a name in front of each.
package enum RelayMark {
    private static let character: Character = "\u{200B}"

    /// Returns a name with the mark, which no client takes for its user's nick.
    package static func mark(_ name: String) -> String { split(name, by: character) }

    /// Returns a name that nobody's client takes for their nick either, and that carries no mark:
    /// the name of a person who is quoted.
    package static func broken(_ name: String) -> String { split(name, by: "\u{2060}") }

    private static func split(_ name: String, by character: Character) -> String {
        guard let first = name.firstIndex(where: mayBegin) ?? name.indices.first else {
            return name
        }
        let rest = name.index(after: first)
        return "\(name[..<rest])\(character)\(name[rest...])"
    }

    /// Returns a text without marks.
    package static func removed(from text: String) -> String {
        text.unicodeScalars.contains("\u{200B}") ? text.replacing("\u{200B}", with: "") : text
    }

    /// Returns whether two names in a line of a text have the mark.
    package static func isRepeated(in text: String) -> Bool {
        guard text.unicodeScalars.contains("\u{200B}") else { return false }
        return text.split(separator: "\n").contains { marks(in: $0) > 1 }
    }

    private static func marks(in line: Substring) -> Int {
        var names = 0
        var (previous, before): (Character?, Character?)
        for current in line {
            if current == character, let first = previous, mayBegin(first),
                before.map({ isWithin($0) }) != true
            {
                names += 1
            }
            (before, previous) = (previous, current)
        }
        return names
    }

    /// Returns whether a name may begin with a character, leaving aside punctuation in front.
    private static func mayBegin(_ first: Character) -> Bool {
        !first.isWhitespace && !first.isPunctuation && first != character && first != "\u{2060}"
    }

    /// Returns whether a character in front shows that what follows it is not the beginning of a
    /// name: languages that put zero-width spaces between words have few words of one letter, and
    /// those stand between two such spaces.
    private static func isWithin(_ before: Character) -> Bool {
        before.isLetter || before.isNumber || before == character
    }
}
