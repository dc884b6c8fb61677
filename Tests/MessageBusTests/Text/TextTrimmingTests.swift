import Testing

@testable import MessageBus

@Suite struct TextTrimmingTests {
    @Test(arguments: [
        "", " ", "\t \t", "\u{A0}", "\u{3000}\u{2003} ", "\u{1680}\u{205F}", "\n\r\n",
    ])
    func `white space alone is blank`(text: String) {
        #expect(withBytes(text, TextTrimming.isBlank))
        #expect(withBytes(text, TextTrimming.trimmed).isEmpty)
    }

    @Test(arguments: ["a", " a", "\u{3000}ñ", "\u{200B}", "。", "\u{2800}", "-"])
    func `anything else is not`(text: String) {
        #expect(!withBytes(text, TextTrimming.isBlank))
    }

    @Test func `each scalar counts as white space exactly when Unicode says so`() {
        for value in UInt32(0)...0x3100 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isSpace = scalar.properties.isWhitespace
            let text = "\(scalar)"
            if withBytes(text, TextTrimming.isBlank) != isSpace { Issue.record("U+\(value)") }
            let around = withBytes("\(scalar)x\(scalar)", TextTrimming.trimmed)
            let width = text.utf8.count
            #expect(around == (isSpace ? width..<(width + 1) : 0..<(2 * width + 1)))
        }
    }

    @Test func `only the ends are trimmed`() {
        #expect(withBytes("  a b\u{3000}", TextTrimming.trimmed) == 2..<5)
        #expect(withBytes("ñ", TextTrimming.trimmed) == 0..<2)
    }
}
