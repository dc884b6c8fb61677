/// The way in which a server compares nicks and channels (`CASEMAPPING` of `RPL_ISUPPORT`).
package enum IRCCaseMapping: String, Sendable {
    /// A to Z are the upper case of a to z.
    case ascii
    /// In addition, `[`, `]`, `\` and `~` are the upper case of `{`, `}`, `|` and `^` (RFC 1459
    /// section 2.2).
    case rfc1459
    /// In addition, `[`, `]` and `\` are the upper case of `{`, `}` and `|`.
    case strictRFC1459 = "rfc1459-strict"

    /// Returns a name in lower case: two names are the same if their keys are.
    package func key(of name: String) -> String {
        String(decoding: name.utf8.map(lowercase), as: UTF8.self)
    }

    private func lowercase(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
        case UInt8(ascii: "[")...UInt8(ascii: "]") where self != .ascii: byte + 32
        case UInt8(ascii: "~") where self == .rfc1459: UInt8(ascii: "^")
        default: byte
        }
    }
}
