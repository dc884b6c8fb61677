/// The tags of a line (IRCv3 message tags), in order; each key occurs once.
package struct IRCTags: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// Keys and values; a tag without a value has an empty one.
    package private(set) var pairs: [(key: String, value: String)] = []

    /// Makes tags from keys and values, in that order.
    package init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// Reads tags without the `@` in front of them; if a key occurs twice, the last one counts.
    package init(_ bytes: some Collection<UInt8>) {
        for tag in bytes.split(separator: UInt8(ascii: ";")) {
            let key = tag.prefix { $0 != UInt8(ascii: "=") }
            guard !key.isEmpty else { continue }
            self[String(decoding: key, as: UTF8.self)] = Self.unescape(
                tag[key.endIndex...].dropFirst())
        }
    }

    package static func == (left: IRCTags, right: IRCTags) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }

    /// True if there is no tag.
    package var isEmpty: Bool { pairs.isEmpty }

    /// The value of a tag; `nil` if there is no such tag.
    package subscript(key: String) -> String? {
        get { pairs.first { $0.key == key }?.value }
        set {
            let index = pairs.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): pairs[index].value = value
            case (let index?, nil): pairs.remove(at: index)
            case (nil, let value?): pairs.append((key, value))
            case (nil, nil): break
            }
        }
    }

    /// The tags as they begin a line, with `@` and the space behind them; empty if there is none.
    package var bytes: [UInt8] {
        guard !pairs.isEmpty else { return [] }
        let tags = pairs.map { $0.value.isEmpty ? $0.key : "\($0.key)=\(Self.escape($0.value))" }
        return Array("@\(tags.joined(separator: ";")) ".utf8)
    }

    /// Returns a value as it stands in a line: `;`, space, CR, LF and `\` are escaped, NUL left
    /// out.
    package static func escape(_ value: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case ";": escaped += #"\:"#.unicodeScalars
            case " ": escaped += #"\s"#.unicodeScalars
            case "\r": escaped += #"\r"#.unicodeScalars
            case "\n": escaped += #"\n"#.unicodeScalars
            case "\\": escaped += #"\\"#.unicodeScalars
            case "\0": break
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    private static func unescape(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            text.append(isEscaped ? meaning(ofEscaped: byte) : byte)
            isEscaped = false
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func meaning(ofEscaped byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: ":"): UInt8(ascii: ";")
        case UInt8(ascii: "s"): UInt8(ascii: " ")
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "n"): 10
        default: byte
        }
    }
}
