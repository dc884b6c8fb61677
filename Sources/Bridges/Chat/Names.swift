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
    static let maxUncomposedBytes = 256

    /// Checks and composes a name; ASCII needs neither Foundation nor tables.
    ///
    /// - Parameter isChosen: whether somebody wants it here; names that are given to guests are not
    ///   for choosing.
    package init(_ raw: String, isChosen: Bool = true) throws(NameProblem) {
        if raw.isEmpty { throw .empty }
        if raw.utf8.count > Self.maxUncomposedBytes { throw .tooLong }
        let text = NameFolding.composed(raw)
        let compatible = NameFolding.compatible(text)
        if let problem = NameRules.problem(text: text, compatible: compatible) { throw problem }
        let key = NameFolding.key(text)
        if let problem = NameRules.problem(key: key) { throw problem }
        if isChosen, NameRules.isOfGuest(key) { throw .guest }
        self.init(text: text, key: key)
    }

    /// The same from a part of a line, which is UTF-8.
    package init(_ bytes: UnsafeRawBufferPointer, isChosen: Bool = true) throws(NameProblem) {
        if bytes.count > Self.maxUncomposedBytes { throw .tooLong }
        try self.init(String(decoding: bytes, as: UTF8.self), isChosen: isChosen)
    }

    /// The name of somebody who speaks without one.
    package init(guest number: Int, words: Words) {
        let text = words.guest(number)
        self.init(text: text, key: text)
    }

    /// The name of somebody of whom nothing can be shown.
    init(placeholderIn words: Words) {
        self.init(text: words.nameless, key: words.nameless.lowercased())
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
        if spelling.count > Self.maxUncomposedBytes { return false }
        return NameFolding.key(String(decoding: spelling, as: UTF8.self)) == key
    }
}

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
    /// It is given to those who speak without a name, in some language.
    case guest
}

/// The rules for names, each a question to one form of the name.
enum NameRules {
    /// The bus's own punctuation: what it writes around and behind names.
    static let reserved: Set<Unicode.Scalar> = [":", "(", ")", "[", "]", "→", "↩"]
    /// What begins a command, a message's number, an address or a list.
    static let leadingSigns: Set<Unicode.Scalar> = ["/", "#", "@", "*"]

    /// Looks at the characters: the name in NFC, and what NFKC makes of it.
    static func problem(text: String, compatible: String) -> NameProblem? {
        if text.utf8.count > Name.maxBytes || text.count > Name.maxCharacters { return .tooLong }
        var isAfterSpace = true
        for scalar in text.unicodeScalars {
            if let problem = problem(scalar) { return problem }
            if scalar == " ", isAfterSpace { return .misplacedSpace }
            if isAfterSpace, isMark(scalar) { return .loneMark }
            isAfterSpace = scalar == " "
        }
        if isAfterSpace { return .misplacedSpace }
        if let found = compatible.unicodeScalars.first(where: reserved.contains) {
            return .reserved(Character(found))
        }
        if let first = compatible.unicodeScalars.first, leadingSigns.contains(first) {
            return .leadingSign(Character(first))
        }
        return nil
    }

    /// Looks at the folded name for words that only the bus may say.
    ///
    /// A notice's words are looked for between spaces also at the ends of the name: `Ana ahora es`
    /// becoming `Bob` would otherwise read as `Ana` becoming `ahora es Bob`.
    static func problem(key: String) -> NameProblem? {
        if Words.serverKeys.contains(key) { return .server }
        return holdsNotice(key) ? .notice : nil
    }

    /// Whether a folded name is a guest's: the word, a hyphen of any kind, digits of any script.
    static func isOfGuest(_ key: String) -> Bool {
        Words.guestWords.contains { word in
            guard key.hasPrefix(word) else { return false }
            let rest = key.dropFirst(word.count).unicodeScalars
            guard let hyphen = rest.first, rest.count > 1 else { return false }
            let isHyphen =
                hyphen.properties.isDash || hyphen.properties.generalCategory == .dashPunctuation
            return isHyphen && rest.dropFirst().allSatisfy { $0.properties.numericType != nil }
        }
    }

    static func holdsNotice(_ key: String) -> Bool {
        let padded = Array(" \(key) ".utf8)
        return Words.noticeWords.contains { words in
            padded.indices.contains { padded[$0...].starts(with: words.utf8) }
        }
    }

    static func problem(_ scalar: Unicode.Scalar) -> NameProblem? {
        if scalar.value < 0x7F { return scalar.value < 0x20 ? .invisible : nil }
        if isInvisible(scalar) { return .invisible }
        if scalar.properties.isWhitespace { return .strangeSpace }
        switch scalar.properties.generalCategory {
        case .unassigned, .privateUse, .surrogate: return .unknownCharacter
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .strangeSpace
        default: return nil
        }
    }

    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format: return true
        default: break
        }
        if scalar.properties.isDefaultIgnorableCodePoint { return true }
        switch scalar.value {
        // Blank without being called so: the empty Braille pattern, the place of an object, the null
        // notehead, the Khitan filler, the blanks of the hieroglyphs.
        case 0x2800, 0xFFFC, 0x1D159, 0x16FE4, 0x13441, 0x13442: return true
        default: return false
        }
    }
}
