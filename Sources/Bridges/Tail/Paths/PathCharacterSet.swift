import Chat

/// A set of characters, any one of which matches: `[abc]`, `[a-z]`, `[!0-9]`, `[[:alpha:]]`.
struct PathCharacterSet: Sendable, Hashable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var isInverted = false

    func contains(_ scalar: UInt32) -> Bool {
        ranges.contains { $0.contains(scalar) } != isInverted
    }

    /// Reads a set; `nil` if there is none, so that the bracket stands for itself.
    static func parse(_ bytes: [UInt8], at start: Int) -> (PathCharacterSet, end: Int)? {
        let text = Array(String(decoding: bytes[(start + 1)...], as: UTF8.self).unicodeScalars)
        var set = PathCharacterSet()
        var index = 0
        if let first = text.first, first == "!" || first == "^" {
            set.isInverted = true
            index = 1
        }
        let begin = index
        while index < text.count {
            if text[index] == "]", index > begin {
                let length = text[...index].reduce(0) { $0 + String($1).utf8.count }
                return (set, start + 1 + length)
            }
            if let (ranges, end) = classRanges(text, at: index) {
                set.ranges += ranges
                index = end
                continue
            }
            guard let (first, next) = scalar(text, at: index) else { return nil }
            index = next
            if index + 1 < text.count, text[index] == "-", text[index + 1] != "]",
                let (last, end) = scalar(text, at: index + 1)
            {
                // A range that goes backwards stands for nothing, as in a shell.
                if first <= last { set.ranges.append(first...last) }
                index = end
            } else {
                set.ranges.append(first...first)
            }
        }
        return nil
    }

    private static func scalar(
        _ text: [Unicode.Scalar], at index: Int
    ) -> (UInt32, next: Int)? {
        guard text[index] == "\\" else { return (text[index].value, index + 1) }
        guard index + 1 < text.count else { return nil }
        return (text[index + 1].value, index + 2)
    }

    private static let classes: [String: [ClosedRange<UInt32>]] = [
        "alpha": [0x41...0x5A, 0x61...0x7A], "digit": [0x30...0x39], "upper": [0x41...0x5A],
        "lower": [0x61...0x7A], "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66], "space": [0x09...0x0D, 0x20...0x20],
        "blank": [0x09...0x09, 0x20...0x20],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
    ]

    private static func classRanges(
        _ text: [Unicode.Scalar], at index: Int
    ) -> ([ClosedRange<UInt32>], end: Int)? {
        guard index + 1 < text.count, text[index] == "[", text[index + 1] == ":",
            let colon = text[(index + 2)...].firstIndex(of: ":"), colon + 1 < text.count,
            text[colon + 1] == "]"
        else { return nil }
        var name = ""
        name.unicodeScalars.append(contentsOf: text[(index + 2)..<colon])
        return classes[name].map { ($0, colon + 2) }
    }
}
