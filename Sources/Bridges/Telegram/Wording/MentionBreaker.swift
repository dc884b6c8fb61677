import Chat

/// The removal of mentions and commands from relayed texts, which would notify people on Telegram.
enum MentionBreaker {
    /// A word joiner, which is invisible; a name that follows it is not a mention or command any
    /// more.
    static let joiner: Unicode.Scalar = "\u{2060}"

    /// Returns the text with a word joiner behind each `@` that begins a mention, and each `/` that
    /// begins a command: nobody is notified, and nothing else changes.
    ///
    /// Telegram's servers look for neither behind a letter, so mail addresses, paths and links stay
    /// as they are.
    static func broken(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "/") })
        else { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for (index, scalar) in scalars.enumerated() {
            result.append(scalar)
            if !isWord(previous) {
                let rest = scalars[(index + 1)...]
                if scalar == "@" && mayBeName(rest.first)
                    || scalar == "/" && !isBesideTag(previous) && isCommand(rest)
                {
                    result.append(joiner)
                }
            }
            previous = scalar
        }
        return String(result)
    }

    /// Returns a name with a word joiner behind each `@` in it.
    static func broken(name: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            result.append(scalar)
            if scalar == "@" { result.append(joiner) }
        }
        return String(result)
    }

    /// Returns the text without its word joiners, as it was.
    static func mended(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar != joiner || previous != "@" && previous != "/" { result.append(scalar) }
            previous = scalar
        }
        return String(result)
    }

    /// Returns true if a name may begin with a character: Telegram may leave out a mark that is not
    /// ASCII.
    private static func mayBeName(_ next: Unicode.Scalar?) -> Bool {
        next.map { isNamePart($0) || !$0.isASCII } ?? false
    }

    /// Returns true if the text behind a slash is a command and not the first part of a path.
    private static func isCommand(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        guard mayBeName(rest.first) else { return false }
        let end = rest.first { !isNamePart($0) && $0.isASCII }
        return end.map { !isBesideTag($0) } ?? true
    }

    private static func isBesideTag(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "/" || scalar == "<" || scalar == ">"
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return isNamePart(scalar) }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}
