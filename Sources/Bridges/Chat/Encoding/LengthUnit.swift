/// The unit in which another network measures the length of a line.
package enum LengthUnit: Sendable {
    /// Bytes of UTF-8, as IRC counts.
    case bytes
    /// UTF-16 units, as Telegram counts.
    case utf16

    /// Returns the length of a text.
    package func length(of text: some StringProtocol) -> Int {
        switch self {
        case .bytes: text.utf8.count
        case .utf16: text.utf16.count
        }
    }

    /// Returns the length of a code point.
    func length(of scalar: Unicode.Scalar) -> Int {
        switch self {
        case .bytes: UTF8.width(scalar)
        case .utf16: UTF16.width(scalar)
        }
    }
}
