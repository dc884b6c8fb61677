import MessageBus
import Sockets

/// The NAME at the beginning of a command's arguments, as it is written: one word, or anything in
/// double quotes, with the bus's parentheses after it, if any.
///
/// Valid as long as the arguments are.
@safe package struct NameArgument {
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
    /// True if parentheses may belong to the name but are not written as the bus writes them.
    ///
    /// They have spaces at their edges, are at full width, or have text directly after them; behind
    /// a name in quotes they have no space in front of them.
    package let isAmbiguous: Bool
    /// The complete arguments.
    private let arguments: UnsafeRawBufferPointer

    /// Bytes that are searched for closing parentheses: more than any bridge's name has.
    private static let maxParenthesesBytes = 128

    /// Parses arguments; `nil` if they can't begin with a name.
    ///
    /// - Parameter arguments: UTF-8, without space around it.
    @safe package init?(_ arguments: UnsafeRawBufferPointer) {
        guard let first = arguments.byte(at: 0) else { return nil }
        unsafe self.arguments = unsafe arguments
        isQuoted = first == UInt8(ascii: "\"")
        let end: Int
        if isQuoted {
            guard let closing = arguments.offset(of: UInt8(ascii: "\""), from: 1) else {
                return nil
            }
            unsafe word = arguments.part(1..<closing).trimmed
            end = closing + 1
        } else {
            end = arguments.wordEnd
            unsafe word = arguments.part(..<end)
        }
        if unsafe word.count == 0 { return nil }
        unsafe rest = arguments.part(end...).trimmed
        let (parentheses, behind) = unsafe Self.parentheses(of: rest)
        let isSeparate = arguments.byte(at: end).map(Self.isSpace) ?? false
        unsafe self.parentheses = unsafe isSeparate ? parentheses : nil
        if isQuoted {
            isAmbiguous = unsafe !isSeparate && Self.looksLikeParentheses(rest)
        } else if let parentheses = unsafe self.parentheses {
            isAmbiguous = parentheses.trimmed.count < parentheses.count
        } else {
            isAmbiguous = unsafe Self.looksLikeParentheses(rest)
        }
        unsafe restBehindParentheses = unsafe self.parentheses == nil ? rest : behind
    }

    /// The name in the form in which names are compared; `nil` if it is longer than any name.
    package var key: String? { unsafe NameFolding.boundedKey(word) }

    /// Returns the name with its parentheses, in the form in which names are compared.
    @safe package func key(with parentheses: UnsafeRawBufferPointer) -> String? {
        guard let front = key, let behind = NameFolding.boundedKey(parentheses) else { return nil }
        return "\(front) (\(behind))"
    }

    /// The beginning of the arguments, as long as a name may be, folded, with single spaces.
    package var beginning: String {
        var text = ""
        var left = Name.maxBytes + Self.maxParenthesesBytes
        var start = 0
        while unsafe start < arguments.count {
            let word = unsafe arguments.part(start...).part(..<arguments.part(start...).wordEnd)
            start += word.count + 1
            if word.count == 0 { continue }
            left -= word.count + 1
            guard left >= 0, let key = NameFolding.boundedKey(word) else { break }
            if !text.isEmpty { text += " " }
            text += key
        }
        return text
    }

    /// True if the text in parentheses has spaces in it.
    package var isRemark: Bool { unsafe parentheses.map { $0.wordEnd < $0.count } ?? false }

    @safe private static func parentheses(
        of rest: UnsafeRawBufferPointer
    ) -> (UnsafeRawBufferPointer?, UnsafeRawBufferPointer) {
        guard rest.byte(at: 0) == UInt8(ascii: "("),
            let closing = rest.beginning(atMost: maxParenthesesBytes).offset(of: UInt8(ascii: ")")),
            closing > 1, rest.byte(at: closing + 1).map(isSpace) ?? true
        else { return unsafe (nil, rest) }
        return (rest.part(1..<closing), rest.part((closing + 1)...).trimmed)
    }

    /// Returns whether a text begins with parentheses of any width, ignoring invisible characters
    /// in front.
    @safe private static func looksLikeParentheses(_ rest: UnsafeRawBufferPointer) -> Bool {
        let text = rest.beginning(atMost: maxParenthesesBytes).text.unicodeScalars
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

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
