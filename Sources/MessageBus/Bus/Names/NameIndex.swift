/// Folded names, found by how they begin.
///
/// A value without a bound of its own: its owner limits the number of names.
package struct NameIndex {
    /// Names of several words, with and without the bus's parentheses, by their first word; each
    /// with the number of names that it comes from.
    private var longer: [Substring: [String: Int]] = [:]
    /// Names with the bus's parentheses, by the part in front of those.
    private var bare: [Substring: Set<String>] = [:]

    /// Makes an empty index.
    package init() {}

    /// Adds a name.
    package mutating func insert(_ key: String) {
        addLonger(key, 1)
        guard let front = Self.withoutParentheses(key) else { return }
        addLonger(String(front), 1)
        bare[front, default: []].insert(key)
    }

    /// Removes a name.
    package mutating func remove(_ key: String) {
        addLonger(key, -1)
        guard let front = Self.withoutParentheses(key) else { return }
        addLonger(String(front), -1)
        bare[front]?.remove(key)
        if bare[front]?.isEmpty == true { bare[front] = nil }
    }

    private mutating func addLonger(_ key: String, _ count: Int) {
        guard let word = Self.firstWord(of: key) else { return }
        let sum = longer[word, default: [:]][key, default: 0] + count
        longer[word, default: [:]][key] = sum > 0 ? sum : nil
        if longer[word]?.isEmpty == true { longer[word] = nil }
    }

    /// Returns the names that are `NAME (…)` for a name.
    package func names(withoutParentheses key: String) -> Set<String> { bare[key[...]] ?? [] }

    /// Returns whether any name has several words of which this is the first.
    package func hasLonger(than word: String) -> Bool {
        longer[Self.firstWord(of: word) ?? word[...]] != nil
    }

    /// Returns whether a text begins with a name that is longer than `key`, with which it begins
    /// too, and a word ends there.
    ///
    /// Costs one look into a table for each place where a word ends, however many names there are.
    package func hasLonger(than key: String, atBeginningOf text: String) -> Bool {
        guard text.hasPrefix(key), let names = longer[Self.firstWord(of: text) ?? text[...]] else {
            return false
        }
        let scalars = text.unicodeScalars
        let first = scalars.index(text.startIndex, offsetBy: key.unicodeScalars.count)
        var (at, isInWord) = (first, true)
        while at < scalars.endIndex {
            let wasInWord = isInWord
            isInWord = Self.isInWord(scalars[at])
            // No word ends between two letters.
            if at > first, !(wasInWord && isInWord), names[String(text[..<at])] != nil {
                return true
            }
            at = scalars.index(after: at)
        }
        return text != key && names[text] != nil
    }

    /// Returns the first of several words; `nil` if there is only one.
    private static func firstWord(of key: String) -> Substring? {
        key.firstIndex(of: " ").map { key[..<$0] }
    }

    /// Returns the part in front of ` (…)` at the end of a name; `nil` if the name has no such end.
    private static func withoutParentheses(_ key: String) -> Substring? {
        guard key.utf8.last == UInt8(ascii: ")"),
            let opening = key.utf8.lastIndex(of: UInt8(ascii: "(")), opening > key.startIndex
        else { return nil }
        let space = key.utf8.index(before: opening)
        return key.utf8[space] == UInt8(ascii: " ") ? key[..<space] : nil
    }

    private static func isInWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.properties.isAlphabetic || "0"..."9" ~= scalar }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark,
            .enclosingMark:
            return true
        default: return false
        }
    }
}
