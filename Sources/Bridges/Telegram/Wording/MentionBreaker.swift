import Chat

/// Names and commands in relayed texts, which would call somebody on Telegram.
enum MentionBreaker {
    /// A word joiner is not seen, and what follows it is no mention or command any more.
    static let joiner: Unicode.Scalar = "\u{2060}"

    /// The text with a word joiner behind each `@` that begins a mention, and each `/` that begins a
    /// command: nobody is called, and nothing else changes.
    ///
    /// As Telegram's servers look for both: not behind a letter, so that addresses of mail, paths and
    /// links stay as they are.
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

    /// A name with a word joiner behind each `@` in it, wherever it stands.
    static func broken(name: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            result.append(scalar)
            if scalar == "@" { result.append(joiner) }
        }
        return String(result)
    }

    /// The text as it was.
    static func mended(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar != joiner || previous != "@" && previous != "/" { result.append(scalar) }
            previous = scalar
        }
        return String(result)
    }

    /// What is no ASCII may be one of the marks that Telegram leaves out.
    private static func mayBeName(_ next: Unicode.Scalar?) -> Bool {
        next.map { isNamePart($0) || !$0.isASCII } ?? false
    }

    /// Whether what stands behind a slash is a command and not the first part of a path.
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
