/// The words of a search and, in double quotes, phrases; all of them must occur.
///
/// Words are those of `SearchTokens`: case, accents and compatibility forms make no difference. A
/// word that ends in `*` stands for all words with that beginning.
package struct SearchWords: Sendable, Equatable {
    /// Words in a row that must occur.
    package struct Phrase: Sendable, Equatable {
        package let text: String
        /// True if the last word is only the beginning of one.
        package let isPrefix: Bool

        /// Its words, as `SearchTokens` writes them; none if it is one space alone.
        package var tokens: [UInt8] {
            var result: [UInt8] = []
            unsafe Array(text.utf8).withUnsafeBytes { SearchTokens().write($0, to: &result) }
            return result
        }
    }

    package let phrases: [Phrase]

    /// The most words in a search: each is compared with each text of a room's log.
    package static let maxWords = 32
    /// The most bytes in a search.
    package static let maxBytes = 512

    /// Returns whether a search has more words or bytes than it may.
    package static func isTooMuch(_ text: some StringProtocol) -> Bool {
        text.utf8.count > maxBytes
            || text.split { $0.isWhitespace || $0 == "\"" }.count > maxWords
    }

    /// Reads a search that somebody typed.
    ///
    /// `nil` if there is no word in it, or if it is too long.
    package init?(_ text: some StringProtocol) {
        if Self.isTooMuch(text) { return nil }
        var phrases: [Phrase] = []
        for (index, part) in text.split(separator: "\"", omittingEmptySubsequences: false)
            .enumerated()
        {
            // A quotation mark that is never closed quotes the rest.
            if index % 2 == 1 {
                phrases.append(contentsOf: Self.phrase(part))
            } else {
                for word in part.split(whereSeparator: \.isWhitespace) {
                    phrases.append(contentsOf: Self.phrase(word))
                }
            }
        }
        if phrases.isEmpty { return nil }
        self.phrases = phrases
    }

    private static func phrase(_ text: some StringProtocol) -> [Phrase] {
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return [] }
        let isPrefix = text.last == "*" && text.dropLast().last.map(isWordCharacter) == true
        return [Phrase(text: String(text), isPrefix: isPrefix)]
    }

    private static func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }
}
