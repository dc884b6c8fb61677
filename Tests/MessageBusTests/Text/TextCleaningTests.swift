import Testing

@testable import MessageBus

@Suite struct TextCleaningTests {
    private func clean(
        _ text: String, _ lineEndings: TextCleaning.LineEndings = .removed
    ) -> String {
        var bytes = Array(text.utf8)
        let count = bytes.withUnsafeMutableBytes {
            TextCleaning.clean($0, lineEndings: lineEndings)
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The promise, written once more as plainly as possible.
    private func model(_ text: String, _ lineEndings: TextCleaning.LineEndings) -> String {
        var result = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar.value {
            case 0x0D where lineEndings == .kept:
                let isBeforeLineFeed = index + 1 < scalars.count && scalars[index + 1] == "\n"
                if !isBeforeLineFeed { result.append("\n") }
            case 0x0A where lineEndings == .kept: result.append(scalar)
            case 0x09: result.append(scalar)
            case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: break
            case 0x2028, 0x2029: result.append(" ")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    @Test(arguments: [
        ("hola", "hola"), ("", ""), ("a\tb", "a\tb"), ("a\0b", "ab"),
        ("\u{1B}[31mrojo", "[31mrojo"),
        ("a\u{7F}b", "ab"), ("a\u{80}\u{9B}\u{9F}b", "ab"), ("a\u{85}b", "ab"), ("¡ñ·»", "¡ñ·»"),
        ("a\u{A0}b", "a\u{A0}b"), ("a\u{202E}b\u{2066}c\u{2069}", "abc"), ("a\u{2028}b", "a b"),
        ("a\u{2029}b", "a b"), ("…→€ \u{2065}\u{206A}", "…→€ \u{2065}\u{206A}"),
        ("a\r\nb\rc\nd", "abcd"), ("\r", ""),
        ("\u{200E}\u{200F}\u{200B}", "\u{200E}\u{200F}\u{200B}"),
        ("👩‍👧 e\u{301}", "👩‍👧 e\u{301}"),
    ])
    func `hazards go and everything else stays`(dirty: String, expected: String) {
        #expect(clean(dirty) == expected)
        let padding = String(repeating: "plain text ", count: 9)
        #expect(clean(padding + dirty + padding) == padding + expected + padding)
    }

    @Test(arguments: [
        ("a\nb", "a\nb"), ("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\r\r\nb", "a\n\nb"),
        ("a\r", "a\n"), ("\r\n\r\n", "\n\n"), ("a\u{2028}b\u{85}c", "a bc"), ("a\tb\0", "a\tb"),
    ])
    func `several lines keep their line feeds`(dirty: String, expected: String) {
        #expect(clean(dirty, .kept) == expected)
    }

    @Test func `every scalar is cleaned as promised`() {
        for value in UInt32(0)..<0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "x\(scalar)y"
            #expect(clean(text) == model(text, .removed), "U+\(String(value, radix: 16))")
            #expect(clean(text, .kept) == model(text, .kept), "U+\(String(value, radix: 16))")
        }
    }

    @Test func `cleaning what is clean changes nothing`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomText(seed: seed)
        for _ in 0..<10_000 {
            let text = random.text(upTo: 60)
            for lineEndings in [TextCleaning.LineEndings.removed, .kept] {
                let once = clean(text, lineEndings)
                // Bytes, because two strings are equal when only their normal forms are.
                #expect(Array(once.utf8) == Array(model(text, lineEndings).utf8), "seed \(seed)")
                #expect(Array(clean(once, lineEndings).utf8) == Array(once.utf8), "seed \(seed)")
                #expect(withBytes(once) { TextCleaning.isClean($0, lineEndings: lineEndings) })
                #expect(once.utf8.count <= text.utf8.count)
            }
        }
    }

    @Test func `a copy is cleaned as in place and its source left alone`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomText(seed: seed)
        for _ in 0..<2_000 {
            let text = random.text(upTo: 60)
            var copy = [UInt8](repeating: 0, count: text.utf8.count)
            let count = withBytes(text) { source in
                copy.withUnsafeMutableBytes { TextCleaning.clean(source, into: $0) }
            }
            #expect(Array(copy[..<count]) == Array(clean(text).utf8), "seed \(seed)")
        }
    }

    @Test func `wrong bytes become replacement characters and no hazard comes of them`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomText(seed: seed)
        for _ in 0..<10_000 {
            let bytes = random.bytes(upTo: 40)
            let cleaned = bytes.withUnsafeBytes {
                TextCleaning.cleaned(repairing: $0, lineEndings: .kept)
            }
            let expected = model(String(decoding: bytes, as: UTF8.self), .kept)
            #expect(cleaned == Array(expected.utf8), "seed \(seed): \(bytes)")
        }
        let halves: [UInt8] = [0xE2, 0x00, 0x80, 0xAE]
        let cleaned = halves.withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        #expect(String(decoding: cleaned, as: UTF8.self) == "\u{FFFD}\u{FFFD}\u{FFFD}")
    }
}
