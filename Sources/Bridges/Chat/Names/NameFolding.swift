import Foundation

/// The forms of a name that Unicode defines; Foundation is asked only for what is not ASCII.
package enum NameFolding {
    /// NFC.
    static func composed(_ text: String) -> String {
        isASCII(text) ? text : text.precomposedStringWithCanonicalMapping
    }

    /// NFKC: `Ａ` becomes `A`, `⑴` becomes `(1)`.
    static func compatible(_ text: String) -> String {
        isASCII(text) ? text : text.precomposedStringWithCompatibilityMapping
    }

    /// The form in which names are compared: NFKC and folded case.
    ///
    /// Lower case of upper case of lower case folds a little more than Unicode's table, in no
    /// language's way: `ß` and `ẞ` are `ss`, `ς` is `σ`, and the dotless `ı` is `i`. Each of the two
    /// steps may give the other something to do, so they are repeated until nothing changes.
    package static func key(_ text: String) -> String {
        if isASCII(text) { return text.lowercased() }
        var key = compatible(text)
        // Two rounds are enough for every character there is; the bound is for tables to come.
        for _ in 0..<5 {
            let next = compatible(key.lowercased().uppercased().lowercased())
            if next.utf8.elementsEqual(key.utf8) { break }
            key = next
        }
        return key
    }

    /// The most characters that a name may become in that form.
    ///
    /// Folding takes 0.4 µs for each. A name of 64 bytes has fewer, but for seven signs and more of
    /// those that are words or whole sentences.
    static let mostScalars = 128

    /// Whether a text becomes no more than that, by Unicode's tables: not more than 18 for one.
    static func isShort(_ text: String) -> Bool {
        text.utf8.count <= mostScalars && isASCII(text)
            || text.unicodeScalars.reduce(0) { $0 + mostScalars(of: $1) } <= mostScalars
    }

    private static func mostScalars(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case ..<0x80: 1
        // The ligatures that are a sentence and a phrase, the squared words, the words, the circled.
        case 0xFDFA: 18
        case 0xFDFB: 8
        case 0x3300...0x33FF: 6
        case 0xFDF0...0xFDFC, 0x3200...0x32FF, 0x1F100...0x1F2FF: 5
        default: 3
        }
    }

    /// The key of bytes, UTF-8; `nil` if they are more than any name has.
    static func boundedKey(_ bytes: UnsafeRawBufferPointer) -> String? {
        if bytes.count > Name.maxUncomposedBytes { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return isShort(text) ? key(text) : nil
    }

    static func lowercasedASCII(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
}
