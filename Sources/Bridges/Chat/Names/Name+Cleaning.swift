import MessageBus

extension Name {
    /// Makes a name of what somebody is called elsewhere: a Telegram user, a file, a login.
    ///
    /// The result obeys every rule for names, so it can't forge a line. White space and the bus's
    /// own punctuation (`: " ( ) [ ] → ↩`, in any compatibility form) become one space. Invisible
    /// and unknown characters, lone marks, and `/ # @ *` in front are removed. The rest is cut to
    /// 32 characters and 64 bytes. The words of a notice are joined by `_`. If nothing is left, or
    /// only the server's name, the result is `sin nombre` or `no name`.
    package init(cleaning raw: String, phrases: Phrases) {
        // Enough for 32 characters of any sane kind; a file name or a title may be far longer.
        let beginning = String(raw.unicodeScalars.prefix(256))
        var text = Self.cut(Self.visible(NameFolding.composed(beginning)))
        if NameRules.holdsNotice(NameFolding.key(text)) {
            text = String(text.map { $0 == " " ? "_" : $0 })
        }
        do {
            // It is shown with its bridge, so it can't be mistaken for a guest's name.
            try self.init(text, isChosen: false)
        } catch {
            self.init(placeholderIn: phrases)
        }
    }

    /// Removes the characters that no name may hold, and all space that is not between two words.
    private static func visible(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var owesSpace = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || isReserved(scalar) {
                owesSpace = !result.isEmpty
                continue
            }
            let isFirst = result.isEmpty || owesSpace
            if NameRules.problem(scalar) != nil || isFirst && NameRules.isMark(scalar) { continue }
            if result.isEmpty, isLeadingSign(scalar) { continue }
            if owesSpace { result.append(" ") }
            owesSpace = false
            result.append(scalar)
        }
        // Removing a character may bring a letter and its accent together.
        return NameFolding.composed(String(result))
    }

    private static func cut(_ text: String) -> String {
        var result = ""
        var bytes = 0
        for character in text.prefix(maxCharacters) {
            bytes += character.utf8.count
            if bytes > maxBytes || !NameFolding.isShort(result + String(character)) { break }
            result.append(character)
        }
        if result.last == " " { result.removeLast() }
        return result
    }

    private static func isReserved(_ scalar: Unicode.Scalar) -> Bool {
        NameFolding.compatible(String(scalar)).unicodeScalars.contains(
            where: NameRules.isReserved)
    }

    private static func isLeadingSign(_ scalar: Unicode.Scalar) -> Bool {
        guard let first = NameFolding.compatible(String(scalar)).unicodeScalars.first else {
            return false
        }
        return NameRules.leadingSigns.contains(first)
    }
}
