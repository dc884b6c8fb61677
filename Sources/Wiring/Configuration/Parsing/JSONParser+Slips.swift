import MessageBus

/// Mistakes of people used to other formats: reported, and parsed as they are meant.
extension JSONParser {
    /// Returns the JSON literal for a word of another language.
    static func meant(by word: String) -> String? {
        switch word {
        case "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": "true"
        case "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": "false"
        case "None", "none", "nil", "Null", "NULL", "undefined": "null"
        default: nil
        }
    }

    /// True if a string ended right here and something follows without a space: a quote is missing,
    /// or there is one too many.
    var isBehindQuote: Bool {
        guard offset > 0, bytes[offset - 1] == UInt8(ascii: "\""), let byte = peek else {
            return false
        }
        return byte == UInt8(ascii: "\"") || Self.isWordByte(byte)
    }

    /// Parses a string in single or curly quotes: a single mistake, since the text is known.
    mutating func parseOddString(as expectation: String) throws(ParsingAborted) -> String? {
        let start = offset
        guard let quote = scalar else { throw fail("expected \(expectation), found \(found)") }
        let closings = Self.closings(of: quote)
        let sentence = "expected \(expectation), found \(found)"
        offset += UTF8.width(quote)
        let first = offset
        while let next = scalar, next != "\n", next != "\r" {
            if closings.contains(next) {
                let text = String(decoding: bytes[first..<offset], as: UTF8.self)
                offset += UTF8.width(next)
                mistake(sentence, at: start)
                return text
            }
            offset += UTF8.width(next)
        }
        offset = start
        throw fail(sentence)
    }

    /// True if a string in other quotes than JSON's comes next.
    var isAtOddString: Bool { scalar.map { !Self.closings(of: $0).isEmpty } ?? false }

    private static func closings(of quote: Unicode.Scalar) -> [Unicode.Scalar] {
        switch quote {
        case "'", "`": [quote]
        case "\u{201C}", "\u{201D}", "\u{201E}": ["\u{201D}", "\u{201C}", "\""]
        case "\u{2018}", "\u{2019}": ["\u{2019}", "\u{2018}"]
        case "«": ["»"]
        default: []
        }
    }

    /// Skips `=` or `=>` in place of a colon, and reports it.
    mutating func skipEquals() -> Bool {
        guard peek == UInt8(ascii: "=") else { return false }
        mistake("expected \":\", found \"=\"", at: offset)
        offset += 1
        _ = skip(UInt8(ascii: ">"))
        return true
    }

    /// Skips a `#` comment up to the end of its line, and reports it.
    mutating func skipHashComment() {
        mistake("expected a value or a comment, found \"#\"; comments begin with //", at: offset)
        while let byte = peek, byte != 0x0A { offset += 1 }
    }

    /// Skips a character that looks like a space but is not one; reports the first one.
    ///
    /// - Returns: false if there is no such character.
    mutating func skipOddSpace() -> Bool {
        guard let scalar, scalar.isOdd, scalar.properties.isWhitespace || scalar.isUnseen else {
            return false
        }
        if !hasOddSpace {
            mistake(
                "expected a plain space or none, found \(scalar.inWords), here and perhaps elsewhere",
                at: offset)
            hasOddSpace = true
        }
        offset += UTF8.width(scalar)
        return true
    }

    /// Description of what comes next, for a sentence.
    var found: String {
        switch peek {
        case nil: return "the end of the file"
        case UInt8(ascii: "\""): return "a string"
        case UInt8(ascii: "'"): return "a single quote"
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), (0x30...0x39)?:
            return "a number"
        default: break
        }
        guard let scalar else { return "a character that means nothing here" }
        if scalar.isOdd { return scalar.inWords }
        if let byte = peek, Self.isWordByte(byte) { return "a word without quotes" }
        // Only punctuation of JSON and its relatives: nothing that a secret may begin with.
        return ",:{}[]()<>=;#`".unicodeScalars.contains(scalar)
            ? "\"\(Character(scalar))\"" : "a character that means nothing here"
    }

    /// The character that comes next; `nil` at the end.
    var scalar: Unicode.Scalar? {
        guard let byte = peek else { return nil }
        if byte < 0x80 { return Unicode.Scalar(byte) }
        // At most four bytes; the whole text is known to be UTF-8.
        let next = bytes[offset..<min(offset + 4, bytes.count)]
        return String(decoding: next, as: UTF8.self).unicodeScalars.first
    }
}
