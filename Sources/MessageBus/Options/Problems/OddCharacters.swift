extension String {
    /// ` (with U+00A0 no-break space)` for the first character of the text that can't be seen or
    /// looks like one that JSON and this program understand; empty if there is none.
    public var oddCharacter: String {
        guard let scalar = firstOddScalar else { return "" }
        return " (with \(scalar.inWords))"
    }

    private var firstOddScalar: Unicode.Scalar? {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return nil }
        let isLatin = unicodeScalars.contains { $0.isASCII && $0.properties.isAlphabetic }
        return unicodeScalars.first { scalar in
            scalar.isOdd || (isLatin && scalar.looksLikeLatin)
        }
    }
}

extension Unicode.Scalar {
    /// The scalar for somebody who has to find it, `U+00A0 no-break space`.
    package var inWords: String {
        let digits = String(value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        // Control characters have no names of their own.
        let control: [UInt32: String] = [
            0x00: "null", 0x07: "bell", 0x08: "backspace", 0x09: "tab", 0x0A: "line feed",
            0x0B: "vertical tab", 0x0C: "form feed", 0x0D: "carriage return", 0x1B: "escape",
            0x7F: "delete",
        ]
        guard let name = properties.name?.lowercased() ?? control[value] else {
            return properties.generalCategory == .control ? "\(number) control character" : number
        }
        return "\(number) \(name)"
    }

    /// True if it is not seen, or looks like a quote, a hyphen or an ASCII sign.
    package var isOdd: Bool {
        if isASCII { return isUnseen }
        switch value {
        // Hyphens and dashes; curly quotes and primes; the minus; the wide forms of ASCII.
        case 0x2010...0x2015, 0x2018...0x201F, 0x2032...0x2036, 0x2212, 0xFF01...0xFF5E: return true
        default:
            return isUnseen || properties.isWhitespace || properties.isDefaultIgnorableCodePoint
        }
    }

    /// True if it is a Greek or Cyrillic letter, many of which look like Latin ones.
    fileprivate var looksLikeLatin: Bool {
        (0x370...0x52F).contains(value) && properties.isAlphabetic
    }
}
