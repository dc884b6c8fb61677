/// The rules for names, each a question to one form of the name.
enum NameRules {
    /// The bus's own punctuation: what it writes around and behind names.
    static let reserved: Set<Unicode.Scalar> = [":", "\"", "(", ")", "[", "]", "→", "↩"]
    /// What begins a command, a message's number, an address or a list.
    static let leadingSigns: Set<Unicode.Scalar> = ["/", "#", "@", "*"]

    /// Looks at the characters: the name in NFC, not longer than it may be, and what NFKC makes of it.
    static func problem(text: String, compatible: String) -> NameProblem? {
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
        if Phrases.serverKeys.contains(key) { return .server }
        return holdsNotice(key) ? .notice : nil
    }

    /// Looks at a name that somebody wants for what is somebody else's, or looks like it.
    static func problem(chosen compatible: String, key: String) -> NameProblem? {
        if key.utf8.last == UInt8(ascii: "~") { return .reservedEnding }
        if isGuest(key) { return .guest }
        if isNumber(key) { return .number }
        return NameScript.areMixed(in: compatible) ? .mixedScripts : nil
    }

    /// Whether it is `invitado-7` or its like, in any language, with any dash and any digits.
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

    /// Whether it is a number, an address or a block: digits, and what stands between them there.
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
        return Phrases.noticeWords.contains { phrases in
            padded.indices.contains { padded[$0...].starts(with: phrases.utf8) }
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
