import TestSupport

/// Random names with many hazards, the same again for the same seed.
struct RandomNames: RandomNumberGenerator {
    private var random: Seeded

    init(seed: UInt64) { random = Seeded(seed) }

    mutating func next() -> UInt64 { random.next() }

    mutating func text(upTo count: Int) -> String {
        let pieces = [
            "a", "N", "ñ", " ", "  ", ":", ": ", "(", "）", "→", "\u{301}", "\u{200D}", "\u{FE0F}",
            "😀",
            "/", "#", "\u{A0}", "\t", "\u{338}", "\u{1112}", "\u{1161}", "ß", "İ", "´", "⑴",
            "\u{202E}",
            " se ha unido", " is now ", "servidor", "server", "e", "\u{E000}", "ﷺ", "\u{1F1EA}",
        ]
        return (0..<Int.random(in: 0...count, using: &self)).map { _ in
            pieces.randomElement(using: &self) ?? ""
        }.joined()
    }
}
