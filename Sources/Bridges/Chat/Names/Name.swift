import MessageBus

/// A name that somebody carries on the bus, in the one form in which it is kept.
///
/// 1 to 32 grapheme clusters and at most 64 bytes of UTF-8 in NFC. Emoji are fine as long as they
/// need no joiner and no variation selector (U+200D, U+FE0F): those are default-ignorable, two names
/// could differ by them alone and look the same. Look-alikes of different scripts (Cyrillic `а`) are
/// different names.
///
/// Costs one retain to hand around, which connections do for each line.
package struct Name: Sendable, Equatable {
    private final class Forms: Sendable {
        let text: String
        let key: String
        let prefix: [UInt8]

        init(text: String, key: String) {
            self.text = text
            self.key = key
            self.prefix = Array(text.utf8) + [0x3A, 0x20]
        }
    }

    private let forms: Forms

    /// The name as people read it, in NFC.
    package var text: String { forms.text }
    /// What uniqueness is decided by: equal for names that differ in case or compatibility form only.
    package var key: String { forms.key }
    /// The name and `: `, as it stands in front of a line.
    package var prefix: [UInt8] { forms.prefix }
    /// The name in UTF-8.
    package var bytes: ArraySlice<UInt8> { prefix.dropLast(2) }

    /// The most characters of a name, as a person counts them.
    package static let maxCharacters = 32
    /// The most bytes of a name in UTF-8.
    package static let maxBytes = 64
    /// The most bytes before composing; bounds the work for a name of 8 KiB.
    ///
    /// What is longer can't become a name: composing shrinks a text to a third at most (three
    /// conjoining jamo, 9 bytes, are one syllable of 3).
    package static let maxUncomposedBytes = 3 * maxBytes

    /// Checks and composes a name; ASCII needs neither Foundation nor tables.
    ///
    /// - Parameter isChosen: whether somebody wants it here; of what somebody is called elsewhere,
    ///   which parentheses tell from that, less is refused.
    package init(_ raw: String, isChosen: Bool = true) throws(NameProblem) {
        if raw.isEmpty { throw .empty }
        if raw.utf8.count > Self.maxUncomposedBytes { throw .tooLong }
        let text = NameFolding.composed(raw)
        // All of these before anything is folded: one character may become eighteen.
        if text.utf8.count > Self.maxBytes || !NameFolding.isShort(text)
            || text.count > Self.maxCharacters
        {
            throw .tooLong
        }
        let compatible = NameFolding.compatible(text)
        if let problem = NameRules.problem(text: text, compatible: compatible) { throw problem }
        let key = NameFolding.key(text)
        if let problem = NameRules.problem(key: key) { throw problem }
        if isChosen, let problem = NameRules.problem(chosen: compatible, key: key) {
            throw problem
        }
        self.init(text: text, key: key)
    }

    /// The same from a part of a line, which is UTF-8.
    package init(_ bytes: UnsafeRawBufferPointer, isChosen: Bool = true) throws(NameProblem) {
        if bytes.count > Self.maxUncomposedBytes { throw .tooLong }
        try self.init(String(decoding: bytes, as: UTF8.self), isChosen: isChosen)
    }

    /// The name of somebody who speaks without one.
    package init(guest number: Int, phrases: Phrases) {
        let text = phrases.guest(number)
        self.init(text: text, key: text)
    }

    /// The name of somebody of whom nothing can be shown.
    init(placeholderIn phrases: Phrases) {
        self.init(text: phrases.nameless, key: phrases.nameless.lowercased())
    }

    private init(text: String, key: String) {
        forms = Forms(text: text, key: key)
    }

    /// The same name written the same way; `key` decides about uniqueness.
    package static func == (one: Name, other: Name) -> Bool { one.text == other.text }

    /// Whether the bytes, UTF-8, are this name in any case and compatibility form.
    ///
    /// Costs a comparison for ASCII; other bytes are folded, which allocates.
    package func isSpelled(by spelling: UnsafeRawBufferPointer) -> Bool {
        if TextScan.isPrintableASCII(spelling) {
            if key.utf8.count != spelling.count { return false }
            var offset = 0
            for byte in key.utf8 {
                if NameFolding.lowercasedASCII(spelling[offset]) != byte { return false }
                offset += 1
            }
            return true
        }
        return NameFolding.boundedKey(spelling) == key
    }
}
