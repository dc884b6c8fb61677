import MessageBus

/// Something in a regular expression that compiles and still does not mean what its writer thinks.
package struct PatternSlip: Sendable, Equatable {
    /// What is wrong, as it goes on behind the pattern that was found.
    package let sentence: String
    /// How it is written instead; not to be shown where the pattern came from elsewhere.
    package let instead: String?
    /// Tells whether it might be meant.
    package let isWarning: Bool

    /// Looks at a pattern; nil if there is nothing to say.
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

    /// All of it for a sentence: `: …; did you mean "…"?`.
    package func ending(isShown: Bool) -> String {
        guard isShown, let instead else { return ": \(sentence)" }
        return ": \(sentence); did you mean \(instead.shortened(to: 60).quoted)?"
    }

    /// A control character that no text has: `"\b"` in JSON is a backspace.
    private static func control(in pattern: String) -> PatternSlip? {
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
        return PatternSlip(
            "no text holds a \(found.inWords), and in JSON a backslash is written \\\\",
            isKnown ? instead : nil)
    }

    /// `/casino/i`, as in JavaScript and Perl.
    ///
    /// With letters behind the second slash and no third one it can't be meant; else it may be.
    private static func slashes(around pattern: String) -> PatternSlip? {
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
        return PatternSlip(
            "the slashes are part of it and have to be in the text", instead,
            isWarning: isPath || flags.isEmpty)
    }
}

extension StringProtocol {
    /// The longest end of the text whose characters all meet a condition.
    fileprivate func suffix(while condition: (Character) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, condition(self[index(before: start)]) {
            start = index(before: start)
        }
        return self[start...]
    }
}

extension Pattern {
    /// Tells whether a match of nothing is found in any text, as by `casino|` or `a*`.
    ///
    /// `.*` is not meant: it matches what there is.
    package var matchesNothingAnywhere: Bool {
        guard let matcher = try? Matcher(self) else { return false }
        return ["", "\u{E000}"].allSatisfy { text in
            var text = text
            return text.withUTF8 { bytes in
                let isFound =
                    (try? matcher.find(in: UnsafeRawBufferPointer(bytes), from: 0, before: nil))
                return isFound == true && matcher[0]?.isEmpty == true
            }
        }
    }
}
