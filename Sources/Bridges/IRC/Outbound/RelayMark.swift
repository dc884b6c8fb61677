import Chat
import MessageBus

/// The mark of a relayed line: a space without width behind the first character of the name in front.
///
/// Clients look for the nick of who sits in front of them, and find none. Two marked names in one text
/// say that it has been carried over IRC twice: it goes round in a ring.
enum RelayMark {
    static let character = "\u{200B}"

    /// Returns a name that nobody's client takes for their nick.
    static func mark(_ name: String) -> String {
        guard let first = name.first else { return name }
        return "\(first)\(character)\(name.dropFirst())"
    }

    /// Returns whether two names in a text have the mark.
    static func isRepeated(in text: String) -> Bool {
        var names = 0
        // Whether the last character is a letter or a digit, and so the ones before it: in languages
        // that put such spaces between words, few words have one letter.
        var (isInWord, isAtStart) = (false, false)
        for scalar in text.unicodeScalars {
            if scalar == "\u{200B}", isAtStart { names += 1 }
            let isWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            isAtStart = isWord && !isInWord
            isInWord = isWord
        }
        return names > 1
    }
}
