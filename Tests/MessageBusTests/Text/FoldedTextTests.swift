import Foundation
import TestSupport
import Testing

@testable import MessageBus

@Suite struct FoldedTextTests {
    private let folded = FoldedText()

    private func form(_ text: String) -> String {
        Array(text.utf8).withUnsafeBytes { String(decoding: folded.form(of: $0), as: UTF8.self) }
    }

    /// The parts of the text that each byte of its form stands for.
    private func originals(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { raw in
            (0..<folded.form(of: raw).count).map {
                String(decoding: raw[folded.original(of: $0..<$0 + 1)], as: UTF8.self)
            }
        }
    }

    @Test(arguments: [
        ("casino", "casino"), ("", ""), ("año y café", "año y café"),
        ("ｃａｓｉｎｏ", "casino"), ("ca\u{200B}si\u{AD}no\u{FEFF}", "casino"),
        ("\u{200D}\u{200D}", ""), ("𝐜𝒶𝓼𝔦𝕟𝗼", "casino"), ("ﬁn ½ ℡", "fin 1⁄2 TEL"),
        ("cafe\u{301}", "café"), ("caf\u{200B}e\u{200B}\u{301}\u{200B}!", "café!"),
        ("e\u{323}\u{301} e\u{301}\u{323}", "ẹ\u{301} ẹ\u{301}"), ("\u{301}a", "\u{301}a"),
        ("\u{1112}\u{1161}\u{11AB}글", "한글"), ("ﾊﾟﾋﾟ", "パピ"),
        ("e\u{FF9E}\u{323}\u{301}", "ẹ\u{3099}\u{301}"), ("\u{327}\u{FF9E}", "\u{3099}\u{327}"),
        ("か\u{3099}", "が"), ("가\u{11A8}", "각"), ("\u{385}", " \u{308}\u{301}"),
        ("４１１１ １１１１", "4111 1111"), ("❤\u{FE0F} a\u{E0061}\u{E007F}b", "❤ ab"),
        ("a\u{3164}b\u{FFA0}c\u{115F}d", "abcd"), ("\u{202E}x\u{2066}y\u{61C}", "xy"),
        ("กินข้าว 東京 하나 क़ привет", "กินข้าว 東京 하나 क\u{93C} привет"),
        ("\u{34F}\u{FDFA}", "صلى الله عليه وسلم"),
    ])
    func `the form of a text is what it looks like`(text: String, expected: String) {
        #expect(Array(form(text).utf8) == Array(expected.utf8))
        #expect(Array(form(form(text)).utf8) == Array(expected.utf8))
        #expect(FoldedText.isForm(text) == (Array(text.utf8) == Array(expected.utf8)))
    }

    @Test func `each part of a form knows what it stands for`() {
        #expect(originals("aｂ") == ["a", "ｂ"])
        #expect(originals("a\u{200B}b\u{200B}") == ["a", "b"])
        #expect(originals("xﬁy") == ["x", "ﬁ", "ﬁ", "y"])
        #expect(originals("e\u{301}z") == ["e\u{301}", "e\u{301}", "z"])
        #expect(
            originals("\u{200B}a\u{AD}\u{301}\u{200B}") == ["a\u{AD}\u{301}", "a\u{AD}\u{301}"])
        let text = Array("uno ca\u{200B}si\u{AD}no dos".utf8)
        text.withUnsafeBytes { bytes in
            #expect(folded.form(of: bytes).count == 14)
            let part = folded.original(of: 4..<10)
            #expect(String(decoding: bytes[part], as: UTF8.self) == "ca\u{200B}si\u{AD}no")
            #expect(folded.original(of: 14..<14) == text.count..<text.count)
            #expect(folded.original(of: 0..<0) == 0..<0)
        }
    }

    @Test func `a text that is its own form is not copied`() {
        for text in ["hola", "mañana, ¿qué tal?", "กินข้าวที่บ้าน", "東京タワー", "привет"] {
            Array(text.utf8).withUnsafeBytes { bytes in
                #expect(folded.form(of: bytes).baseAddress == bytes.baseAddress)
            }
        }
    }

    @Test func `every scalar has the form that Foundation gives it`() {
        let ranges: [ClosedRange<UInt32>] = [
            0x80...0x33FF, 0xA000...0xABFF, 0xF900...0xFFFF, 0x11000...0x11FFF,
            0x1D100...0x1D7FF, 0x1EE00...0x1EEFF, 0x1F100...0x1F2FF, 0x2F800...0x2FA1F,
        ]
        var wrong: [String] = []
        for value in ranges.joined() {
            guard let scalar = Unicode.Scalar(value),
                scalar.properties.age.map({ $0.major < 15 }) == true
            else { continue }
            let expected = Self.expected(String(scalar))
            if !form(String(scalar)).utf8.elementsEqual(expected.utf8) {
                wrong.append(String(value, radix: 16))
            }
        }
        #expect(wrong == [])
    }

    @Test(arguments: Seeded.some)
    func `sequences have the form that Foundation gives them`(seed: UInt64) {
        var random = Seeded(seed)
        let pool: [Unicode.Scalar] = [
            "a", "e", "o", "é", "ậ", "ａ", "ﬁ", "\u{301}", "\u{323}", "\u{327}", "\u{345}",
            "\u{338}",
            "α", "ᾳ", "\u{1100}", "\u{1161}", "\u{11A8}", "か", "ﾊ", "\u{3099}", "क",
            "\u{93C}", "\u{9C7}", "\u{9BE}", "\u{200B}", "\u{FE0F}", "中", "=", "א", "\u{5B7}", "ا",
            "\u{653}", "\u{654}",
        ]
        // No halfwidth voice marks and no final behind a syllable: Foundation's NFKC does not order
        // the former and not compose the latter, as UAX #15 asks.
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...8, using: &random)
            var text = String.UnicodeScalarView()
            for _ in 0..<count { text.append(pool.randomElement(using: &random) ?? "x") }
            let found = form(String(text))
            let expected = Self.expected(String(text))
            #expect(
                found.utf8.elementsEqual(expected.utf8),
                "\(text.map { String($0.value, radix: 16) })")
        }
    }

    /// The form that Unicode asks for: unseen characters go, before and after normalising.
    private static func expected(_ text: String) -> String {
        func seen(_ text: String) -> String {
            var scalars = text.unicodeScalars
            scalars.removeAll {
                $0.properties.isDefaultIgnorableCodePoint || (0xFFF9...0xFFFB).contains($0.value)
            }
            return String(scalars)
        }
        return seen(seen(text).precomposedStringWithCompatibilityMapping)
    }
}
