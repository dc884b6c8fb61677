import MessageBus

/// A mistake in a regular expression that compiles but does not mean what its writer thinks.
package struct PatternMistake: Sendable, Equatable {
    /// The second half of a sentence that begins with the pattern.
    package let sentence: String
    /// The corrected pattern; must not be shown if the pattern came from a variable or a file.
    package let instead: String?
    /// True if it might be intended.
    package let isWarning: Bool

    /// Checks a pattern; `nil` if there is no mistake.
    package init?(in pattern: String) {
        if pattern.isEmpty {
            self.init("it would match every text", nil)
        } else if let control = Self.control(in: pattern) {
            self = control
        } else if let slashes = Self.slashes(around: pattern) {
            self = slashes
        } else {
            return nil
        }
    }

    private init(_ sentence: String, _ instead: String?, isWarning: Bool = false) {
        self.sentence = sentence
        self.instead = instead
        self.isWarning = isWarning
    }

    /// Returns the end of a sentence: `: …; did you mean "…"?`.
    package func ending(isShown: Bool) -> String {
        guard isShown, let instead else { return ": \(sentence)" }
        return ": \(sentence); did you mean \(instead.shortened(to: 60).quoted)?"
    }

    /// Finds a control character that no text contains: `"\b"` in JSON is a backspace.
    private static func control(in pattern: String) -> PatternMistake? {
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control
                && !["\t", "\n", "\r"].contains(scalar)
        }
        guard let found = pattern.unicodeScalars.first(where: isControl) else { return nil }
        var instead = ""
        var isKnown = true
        for scalar in pattern.unicodeScalars {
            switch scalar {
            case "\u{8}": instead += "\\b"
            case "\u{C}": instead += "\\f"
            default:
                isKnown = isKnown && !isControl(scalar)
                instead.unicodeScalars.append(scalar)
            }
        }
        return PatternMistake(
            "no text holds a \(found.inWords), and in JSON a backslash is written \\\\",
            isKnown ? instead : nil)
    }

    /// Finds slashes as in JavaScript and Perl: `/casino/i`.
    ///
    /// With flags after the second slash and no third one it can't be intended; else it may be.
    private static func slashes(around pattern: String) -> PatternMistake? {
        guard pattern.utf8.count > 2, pattern.first == "/" else { return nil }
        let flags = pattern.suffix(while: { "dgimsuvxy".contains($0) })
        let rest = pattern.dropFirst().dropLast(flags.count)
        guard rest.last == "/", Set(flags).count == flags.count else { return nil }
        let inside = rest.dropLast()
        guard !inside.isEmpty, inside.last != "\\" else { return nil }
        let isPath = inside.replacing("\\/", with: "").contains("/")
        if isPath, flags.isEmpty { return nil }
        let kept = flags.filter { "imsx".contains($0) }
        let instead =
            (kept.isEmpty ? "" : "(?\(kept))") + inside.replacing("\\/", with: "/")
        return PatternMistake(
            "the slashes are part of it and have to be in the text", instead,
            isWarning: isPath || flags.isEmpty)
    }
}

extension StringProtocol {
    /// Returns the longest end of the text whose characters all meet a condition.
    fileprivate func suffix(while condition: (Character) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, condition(self[index(before: start)]) {
            start = index(before: start)
        }
        return self[start...]
    }
}
