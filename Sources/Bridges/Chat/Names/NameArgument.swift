import MessageBus

/// The NAME at the beginning of a command's arguments, as it is written: one word, or anything in
/// double quotes, with the bus's parentheses after it, if any.
package struct NameArgument {
    /// The name without quotes and parentheses.
    package let word: UnsafeRawBufferPointer
    /// The text in parentheses after the name.
    package let parentheses: UnsafeRawBufferPointer?
    /// True if the name is in quotes.
    package let isQuoted: Bool
    /// The text after the name, without the space around it.
    package let rest: UnsafeRawBufferPointer
    /// The text after the parentheses, without the space around it.
    package let restBehindParentheses: UnsafeRawBufferPointer
    /// True if parentheses may belong to the name but are not written as the bus writes them: with
    /// spaces at their edges, at full width, or with text directly after them.
    package let isAmbiguous: Bool
    /// The complete arguments.
    private let arguments: UnsafeRawBufferPointer

    /// Bytes that are searched for closing parentheses: more than any bridge's name has.
    private static let maxParenthesesBytes = 128

    /// Parses arguments; `nil` if they can't begin with a name.
    ///
    /// - Parameter arguments: UTF-8, without space around it.
    @safe package init?(_ arguments: UnsafeRawBufferPointer) {
        guard let first = arguments.first else { return nil }
        self.arguments = arguments
        isQuoted = first == UInt8(ascii: "\"")
        let end: Int
        if isQuoted {
            let quoted = arguments.dropFirst()
            guard let closing = quoted.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            word = Self.trimmed(UnsafeRawBufferPointer(rebasing: quoted[..<closing]))
            end = closing + 1
        } else {
            end = arguments.firstIndex(where: Self.isSpace) ?? arguments.count
            word = UnsafeRawBufferPointer(rebasing: arguments[..<end])
        }
        if word.isEmpty { return nil }
        rest = Self.trimmed(UnsafeRawBufferPointer(rebasing: arguments[end...]))
        let (parentheses, behind) = Self.parentheses(of: rest)
        let isSeparate = end < arguments.count && Self.isSpace(arguments[end])
        self.parentheses = isSeparate ? parentheses : nil
        if isQuoted {
            isAmbiguous = !isSeparate && Self.looksLikeParentheses(rest)
        } else if let parentheses = self.parentheses {
            isAmbiguous = Self.trimmed(parentheses).count < parentheses.count
        } else {
            isAmbiguous = Self.looksLikeParentheses(rest)
        }
        restBehindParentheses = self.parentheses == nil ? rest : behind
    }

    /// The name in the form in which names are compared; `nil` if it is longer than any name.
    package var key: String? { NameFolding.boundedKey(word) }

    /// Returns the name with its parentheses, in the form in which names are compared.
    @safe package func key(with parentheses: UnsafeRawBufferPointer) -> String? {
        guard let front = key, let behind = NameFolding.boundedKey(parentheses) else { return nil }
        return "\(front) (\(behind))"
    }

    /// The beginning of the arguments, as long as a name may be, folded, with single spaces.
    package var beginning: String {
        var text = ""
        var left = Name.maxBytes + Self.maxParenthesesBytes
        for word in arguments.split(whereSeparator: Self.isSpace) {
            left -= word.count + 1
            guard left >= 0,
                let key = NameFolding.boundedKey(UnsafeRawBufferPointer(rebasing: word))
            else { break }
            if !text.isEmpty { text += " " }
            text += key
        }
        return text
    }

    /// True if the text in parentheses has spaces in it.
    package var isRemark: Bool { parentheses?.contains(where: Self.isSpace) ?? false }

    private static func parentheses(
        of rest: UnsafeRawBufferPointer
    ) -> (UnsafeRawBufferPointer?, UnsafeRawBufferPointer) {
        guard rest.first == UInt8(ascii: "("),
            let closing = rest.prefix(maxParenthesesBytes).firstIndex(of: UInt8(ascii: ")")),
            closing > 1, closing + 1 == rest.count || isSpace(rest[closing + 1])
        else { return (nil, rest) }
        return (
            UnsafeRawBufferPointer(rebasing: rest[1..<closing]),
            trimmed(UnsafeRawBufferPointer(rebasing: rest[(closing + 1)...]))
        )
    }

    /// Returns whether a text begins with parentheses of any width, ignoring invisible characters
    /// in front.
    private static func looksLikeParentheses(_ rest: UnsafeRawBufferPointer) -> Bool {
        let text = String(decoding: rest.prefix(maxParenthesesBytes), as: UTF8.self).unicodeScalars
        let visible = text.drop {
            $0.properties.isDefaultIgnorableCodePoint || $0.properties.isWhitespace
        }
        guard let first = visible.first, opening.contains(first) else { return false }
        return visible.contains(where: closing.contains)
    }

    /// Parentheses and their forms of other widths.
    private static let opening: [Unicode.Scalar] = [
        "(", "\u{FF08}", "\u{FE59}", "\u{207D}", "\u{208D}", "\u{FE35}",
    ]
    private static let closing: [Unicode.Scalar] = [
        ")", "\u{FF09}", "\u{FE5A}", "\u{207E}", "\u{208E}", "\u{FE36}",
    ]

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[TextTrimming.trimmed(bytes)])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
