import Patterns

/// The replacement of a match: text, and groups of the pattern.
struct Template: Sendable {
    private enum Part: Sendable {
        case text([UInt8])
        case group(Int)
    }

    private var parts: [Part] = []

    /// Groups that it refers to.
    private(set) var groups: [Int] = []

    /// Parses `$1`, `${1}` and `$0`, the whole match; `$$` is a dollar, as is `$` before anything
    /// else.
    init(_ text: String) {
        var rest = text.utf8[...]
        var plain: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$") else {
                plain.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "$") {
                rest.removeFirst()
                plain.append(byte)
            } else if let group = Self.parseGroup(&rest) {
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = []
                parts.append(.group(group))
                groups.append(group)
            } else {
                plain.append(byte)
            }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
    }

    /// Appends the replacement of the matcher's last match; groups that took no part are empty.
    func append(to result: inout [UInt8], _ seen: SeenText, _ matcher: Matcher) {
        for part in parts {
            switch part {
            case .text(let bytes): result.append(contentsOf: bytes)
            case .group(let group):
                guard let range = matcher[group] else { continue }
                unsafe result.append(contentsOf: seen.text[seen.original(of: range)])
            }
        }
    }

    /// Parses digits, or digits in braces.
    private static func parseGroup(_ rest: inout Substring.UTF8View) -> Int? {
        let isBraced = rest.first == UInt8(ascii: "{")
        let digits = rest.dropFirst(isBraced ? 1 : 0).prefix { (0x30...0x39).contains($0) }
        let after = rest[digits.endIndex...]
        if digits.isEmpty || isBraced && after.first != UInt8(ascii: "}") { return nil }
        rest = after.dropFirst(isBraced ? 1 : 0)
        // No pattern has that many groups.
        return Int(Substring(digits)) ?? .max
    }
}
