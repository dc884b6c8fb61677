import Testing

@testable import MessageBus

@Suite struct TextCountingTests {
    private static let family = "👩‍👩‍👧‍👦"

    @Test(arguments: [
        ("hola", 4, false), ("hola", 3, true), ("", 0, false), ("ñandú", 5, false),
        ("ñandú", 4, true), (family, 1, false), (family + family, 1, true), ("e\u{301}", 1, false),
        ("🇪🇸🇲🇽", 2, false), ("🇪🇸🇲🇽", 1, true), ("a\tb", 2, true), ("a\tb", 3, false),
    ])
    func `characters are counted as a person counts them`(text: String, limit: Int, more: Bool) {
        #expect(withBytes(text) { TextCounting.exceeds($0, characters: limit) } == more)
    }

    @Test func `random texts are counted as the standard library counts them`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomText(seed: seed)
        for _ in 0..<5_000 {
            let text = random.text(upTo: 30)
            let limit = random.number(below: 30)
            let exceeds = withBytes(text) { TextCounting.exceeds($0, characters: limit) }
            #expect(exceeds == (text.count > limit), "seed \(seed)")
            let prefix = withBytes(text) { TextCounting.prefix(of: $0, characters: limit) }
            #expect(prefix == text.prefix(limit).utf8.count, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("hola", 40, "hola"), ("hola a todos", 4, "hola…"), ("hola a todos", 5, "hola…"),
        ("hola a todos", 6, "hola a…"), ("hola", 4, "hola"), ("hola   ", 4, "hola"),
        ("uno\ndos", 40, "uno dos"), (family + family + "x", 2, family + family + "…"), ("", 3, ""),
        ("  hola", 4, "hola"), ("e\u{301}e\u{301}", 1, "e\u{301}…"), ("abc", 0, "…"),
    ])
    func `an excerpt has dots only if it was cut and no space in front of them`(
        text: String, limit: Int, expected: String
    ) {
        var line: [UInt8] = [0x5B]
        withBytes(text) { TextCounting.appendExcerpt(of: $0, characters: limit, to: &line) }
        #expect(line == Array("[\(expected)".utf8))
    }

    @Test func `a character of many bytes does not make an excerpt long`() {
        let heavy = "e" + String(repeating: "\u{301}", count: 3000)
        var line: [UInt8] = []
        withBytes("a\(heavy)") { TextCounting.appendExcerpt(of: $0, characters: 40, to: &line) }
        #expect(line == Array("a…".utf8))
    }
}
