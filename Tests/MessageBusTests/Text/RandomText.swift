import TestSupport

/// Random texts and bytes that are the same again for the same seed.
struct RandomText {
    private var random: Seeded

    init(seed: UInt64) { random = Seeded(seed) }

    mutating func number(below limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    /// Bytes that look like UTF-8 more often than chance would have it.
    mutating func bytes(upTo count: Int) -> [UInt8] {
        let interesting: [UInt8] = [
            0, 9, 10, 13, 0x1B, 0x20, 0x61, 0x7F, 0x80, 0x85, 0xA6, 0xA8, 0xAE, 0xBF, 0xC0, 0xC2,
            0xC3, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF, 0x81, 0x90, 0x9F,
        ]
        return (0..<number(below: count + 1)).map { _ in
            interesting[number(below: interesting.count)]
        }
    }

    /// A text with many hazards in it.
    mutating func text(upTo count: Int) -> String {
        var text = String.UnicodeScalarView()
        let interesting: [Unicode.Scalar] = [
            "a", " ", "\t", "\r", "\n", "\0", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{A0}", "ñ",
            "é", "\u{301}", "\u{2028}", "\u{2029}", "\u{202A}", "\u{202E}", "\u{202F}", "\u{2066}",
            "\u{2069}", "\u{206A}", "→", "…", "€", "\u{200D}", "👩", "👧", "🇪", "🇸", "漢",
        ]
        for _ in 0..<number(below: count + 1) {
            text.append(interesting[number(below: interesting.count)])
        }
        return String(text)
    }
}
