import Chat

/// Characters of which one is meant: `[abc]`, `[a-z]`, `[!0-9]`, `[[:alpha:]]`.
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
        var place = 0
        if let first = text.first, first == "!" || first == "^" {
            set.isInverted = true
            place = 1
        }
        let begin = place
        while place < text.count {
            if text[place] == "]", place > begin {
                let length = text[...place].reduce(0) { $0 + String($1).utf8.count }
                return (set, start + 1 + length)
            }
            if let (ranges, end) = classRanges(text, at: place) {
                set.ranges += ranges
                place = end
                continue
            }
            guard let (first, next) = scalar(text, at: place) else { return nil }
            place = next
            if place + 1 < text.count, text[place] == "-", text[place + 1] != "]",
                let (last, end) = scalar(text, at: place + 1)
            {
                // A range that goes backwards stands for nothing, as in a shell.
                if first <= last { set.ranges.append(first...last) }
                place = end
            } else {
                set.ranges.append(first...first)
            }
        }
        return nil
    }

    private static func scalar(
        _ text: [Unicode.Scalar], at place: Int
    ) -> (UInt32, next: Int)? {
        guard text[place] == "\\" else { return (text[place].value, place + 1) }
        guard place + 1 < text.count else { return nil }
        return (text[place + 1].value, place + 2)
    }

    private static let classes: [String: [ClosedRange<UInt32>]] = [
        "alpha": [0x41...0x5A, 0x61...0x7A], "digit": [0x30...0x39], "upper": [0x41...0x5A],
        "lower": [0x61...0x7A], "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66], "space": [0x09...0x0D, 0x20...0x20],
        "blank": [0x09...0x09, 0x20...0x20],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
    ]

    private static func classRanges(
        _ text: [Unicode.Scalar], at place: Int
    ) -> ([ClosedRange<UInt32>], end: Int)? {
        guard place + 1 < text.count, text[place] == "[", text[place + 1] == ":",
            let colon = text[(place + 2)...].firstIndex(of: ":"), colon + 1 < text.count,
            text[colon + 1] == "]"
        else { return nil }
        var name = ""
        name.unicodeScalars.append(contentsOf: text[(place + 2)..<colon])
        return classes[name].map { ($0, colon + 2) }
    }
}
