import Foundation

/// The forms of a name that Unicode defines.
///
/// Only names that are not ASCII need Foundation.
package enum NameFolding {
    /// Returns the text in NFC.
    static func composed(_ text: String) -> String {
        isASCII(text) ? text : text.precomposedStringWithCanonicalMapping
    }

    /// Returns the text in NFKC: `Ａ` becomes `A`, `⑴` becomes `(1)`.
    static func compatible(_ text: String) -> String {
        isASCII(text) ? text : text.precomposedStringWithCompatibilityMapping
    }

    /// Returns the form in which names are compared: NFKC with folded case.
    ///
    /// Lower case of upper case of lower case folds a little more than Unicode's table,
    /// independently of any language: `ß` and `ẞ` become `ss`, `ς` becomes `σ`, and the dotless `ı`
    /// becomes `i`. NFKC and case folding can each make the other necessary again, so they are
    /// repeated until nothing changes.
    package static func key(_ text: String) -> String {
        if isASCII(text) { return text.lowercased() }
        var key = compatible(text)
        // Two rounds are enough for every character of today; the bound is for future tables.
        for _ in 0..<5 {
            let next = compatible(key.lowercased().uppercased().lowercased())
            if next.utf8.elementsEqual(key.utf8) { break }
            key = next
        }
        return withoutDots(key)
    }

    /// Returns a folded text without dots above letters that have one already.
    ///
    /// Such a letter (`Soft_Dotted` in Unicode's tables) is drawn with one dot only. The Turkish
    /// `İ` is such an `i` once it is folded.
    private static func withoutDots(_ key: String) -> String {
        guard key.unicodeScalars.contains(where: isDotAbove) else { return key }
        var scalars = String.UnicodeScalarView()
        var isDotted = false
        for scalar in key.decomposedStringWithCanonicalMapping.unicodeScalars {
            if NameRules.isMark(scalar) {
                if isDotted, isDotAbove(scalar) { continue }
            } else {
                isDotted = scalar.properties.isSoftDotted
            }
            scalars.append(scalar)
        }
        return composed(String(scalars))
    }

    private static func isDotAbove(_ scalar: Unicode.Scalar) -> Bool { scalar.value == 0x0307 }

    /// The most scalars in a folded name.
    ///
    /// Folding takes 0.4 µs for each. Names of 64 bytes stay below the limit, unless they repeat
    /// characters that stand for whole words or sentences seven times or more.
    static let maxScalars = 128

    /// Returns whether a text stays within `maxScalars` once it is folded, by Unicode's tables: one
    /// scalar becomes 18 at most.
    static func isShort(_ text: String) -> Bool {
        text.utf8.count <= maxScalars && isASCII(text)
            || text.unicodeScalars.reduce(0) { $0 + maxScalars(of: $1) } <= maxScalars
    }

    /// Returns the most scalars that a scalar becomes.
    static func maxScalars(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case ..<0x80: 1
        // The ligatures that are a sentence and a phrase; squared words; words; circled and similar
        // signs.
        case 0xFDFA: 18
        case 0xFDFB: 8
        case 0x3300...0x33FF: 6
        case 0xFDF0...0xFDFC, 0x3200...0x32FF, 0x1F100...0x1F2FF: 5
        // Quadruple signs; Roman numbers and numbers in parentheses.
        case 0x2057, 0x2152, 0x2167, 0x2177, 0x247D...0x2487, 0x2A0C: 4
        default: 3
        }
    }

    /// Returns the key of UTF-8 bytes, or `nil` if they are longer than any name.
    @safe package static func boundedKey(_ bytes: UnsafeRawBufferPointer) -> String? {
        if bytes.count > Name.maxUncomposedBytes { return nil }
        let text = unsafe String(decoding: bytes, as: UTF8.self)
        return isShort(text) ? key(text) : nil
    }

    static func lowercasedASCII(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
}
