/// The rules for names; each checks one form of the name.
enum NameRules {
    /// The bus's own punctuation, which it writes around and after names.
    static let reserved: Set<Unicode.Scalar> = [":", "\"", "(", ")", "[", "]", "→", "↩"]
    /// The signs that begin a command, a message's number, an address or a list.
    static let leadingSigns: Set<Unicode.Scalar> = ["/", "#", "@", "*"]
    /// The services of IRC networks, folded.
    ///
    /// Users of IRC know that NickServ takes their password, and would believe a person so called.
    private static let services: Set<String> = [
        "authserv", "botserv", "chanserv", "helpserv", "hostserv", "infoserv", "memoserv",
        "nickserv", "operserv", "saslserv",
    ]

    /// Checks the characters of a name: in NFC, not too long, and in NFKC.
    static func problem(text: String, compatible: String) -> NameProblem? {
        var isAfterSpace = true
        for scalar in text.unicodeScalars {
            if let problem = problem(scalar) { return problem }
            if scalar == " ", isAfterSpace { return .misplacedSpace }
            if isAfterSpace, isMark(scalar) { return .loneMark }
            isAfterSpace = scalar == " "
        }
        if isAfterSpace { return .misplacedSpace }
        if let found = compatible.unicodeScalars.first(where: isReserved) {
            return .reserved(Character(found))
        }
        if let first = compatible.unicodeScalars.first, leadingSigns.contains(first) {
            return .leadingSign(Character(first))
        }
        return nil
    }

    /// Returns whether a character is the bus's own punctuation, or is drawn like it.
    static func isReserved(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return reserved.contains(scalar) }
        switch scalar.properties.generalCategory {
        // Brackets of every kind.
        case .openPunctuation, .closePunctuation: return true
        default: break
        }
        switch scalar.value {
        // Two dots, one above the other: modifier letters, the ends of Armenian, Hebrew, Ethiopic,
        // Mongolian and other sentences, ratios, the visarga's like in punctuation.
        case 0x02D0, 0x02F8, 0x0589, 0x05C3, 0x0703, 0x0704, 0x1365, 0x16EC, 0x1803, 0x1804, 0x1809,
            0x205A, 0x2236, 0x2237, 0x2982, 0x2E2C, 0xA4FD, 0xA789, 0xFE13, 0xFE30, 0xFE55, 0xFF1A:
            return true
        // Arrows, of all blocks.
        case 0x2190...0x21FF, 0x2794...0x27BE, 0x27F0...0x27FF, 0x2900...0x297F, 0x2B00...0x2B11,
            0x2B30...0x2B4F, 0x2B5A...0x2BB8, 0x1F800...0x1F8FF:
            return true
        default: return false
        }
    }

    /// Checks the folded name for words that only the bus may say.
    ///
    /// A notice's words are also looked for at the ends of the name: if `Ana ahora es` became
    /// `Bob`, the notice would read as if `Ana` had become `ahora es Bob`.
    static func problem(key: String) -> NameProblem? {
        if Phrases.serverKeys.contains(key) { return .server }
        return holdsNotice(key) ? .notice : nil
    }

    /// Checks a name that somebody chooses for names that are given by the bus, or look like
    /// something else.
    static func problem(chosen compatible: String, key: String) -> NameProblem? {
        if key.utf8.last == UInt8(ascii: "~") { return .reservedEnding }
        if services.contains(key) { return .service }
        if isGuest(key) { return .guest }
        if isNumber(key) { return .number }
        return NameScript.areMixed(in: compatible) ? .mixedScripts : nil
    }

    /// Returns whether a folded name is like `invitado-7`, in any language, with any dash and any
    /// digits.
    private static func isGuest(_ key: String) -> Bool {
        guard let word = Phrases.guestWords.first(where: key.hasPrefix) else { return false }
        let rest = key.unicodeScalars.dropFirst(word.unicodeScalars.count)
        guard let dash = rest.first else { return false }
        let isDash =
            dash.properties.generalCategory == .dashPunctuation
            || "\u{2212}_ ".unicodeScalars
                .contains(dash)
        return isDash && rest.count > 1 && rest.dropFirst().allSatisfy(isDigit)
    }

    /// Returns whether a folded name is a number, an address or a block: digits, and the
    /// punctuation between them.
    private static func isNumber(_ key: String) -> Bool {
        let scalars = key.unicodeScalars
        let body =
            scalars.first.map { "+-\u{2212}".unicodeScalars.contains($0) } == true
            ? scalars.dropFirst() : scalars[...]
        return body.contains(where: isDigit)
            && body.allSatisfy { isDigit($0) || ".,/".unicodeScalars.contains($0) }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .decimalNumber
    }

    static func holdsNotice(_ key: String) -> Bool {
        let padded = Array(" \(key) ".utf8)
        return Phrases.noticeWords.contains { words in
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
        // Blank without Unicode calling them so: the empty Braille pattern, the object replacement
        // character, the null notehead, the Khitan filler, the hieroglyphic blanks.
        case 0x2800, 0xFFFC, 0x1D159, 0x16FE4, 0x13441, 0x13442: return true
        default: return false
        }
    }
}
