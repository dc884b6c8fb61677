import Foundation

/// The forms of a name that Unicode defines; Foundation is asked only for what is not ASCII.
enum NameFolding {
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
    static func key(_ text: String) -> String {
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

    static func lowercasedASCII(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
}
