import Testing

@testable import MessageBus

@Suite struct TextEncodingTests {
    private func encoding(_ bytes: [UInt8]) -> TextEncoding {
        bytes.withUnsafeBytes { TextEncoding($0) }
    }

    @Test func `every scalar is valid and every cut of it waits for its rest`() {
        for value in UInt32(0)...0x10FFFF {
            // All of what two bytes hold, the borders of the rest, and some in between.
            let isBorder = value < 0x1000 || value & 0xFFF == 0xFFF || value & 0xFFF == 0
            guard isBorder || value % 13 == 0, let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(String(scalar).utf8)
            guard encoding(bytes) == .valid else {
                Issue.record("U+\(String(value, radix: 16))")
                continue
            }
            for count in 1..<bytes.count where value % 7 == 0 {
                #expect(encoding(Array(bytes[..<count])) == .cutOff(bytes: count))
            }
        }
    }

    @Test(
        arguments: [
            ([0x80], 0), ([0x61, 0xBF], 1), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0),
            ([0xE0, 0x80, 0x80], 0), ([0xE0, 0x9F, 0xBF], 0), ([0xED, 0xA0, 0x80], 0),
            ([0xED, 0xBF, 0xBF], 0), ([0xF0, 0x80, 0x80, 0x80], 0), ([0xF0, 0x8F, 0xBF, 0xBF], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFE], 0), ([0xFF], 0),
            ([0x61, 0xC3, 0x61], 1), ([0xE2, 0x82, 0x61], 0), ([0xF0, 0x9F, 0x98, 0x61], 0),
            ([0xC3, 0xB1, 0xC3, 0x28], 2), ([0xE2, 0x82, 0xE2, 0x82], 0), ([0xED, 0xA0], 0),
            ([0xF4, 0x90], 0), ([0xE0, 0x80], 0),
        ] as [([UInt8], Int)])
    func `what is not UTF-8 is found where it begins`(bytes: [UInt8], offset: Int) {
        #expect(encoding(bytes) == .invalid(at: offset))
        let padding = [UInt8](repeating: 0x61, count: 40)
        #expect(encoding(padding + bytes + padding) == .invalid(at: 40 + offset))
    }

    @Test func `a text is cut off only at its end`() {
        #expect(encoding([0x61, 0x62, 0xF0, 0x9F, 0x98]) == .cutOff(bytes: 3))
        #expect(encoding([0xE2, 0x82, 0xC3]) == .invalid(at: 0))
        #expect(encoding([]) == .valid)
        #expect(encoding([0x61, 0x0A, 0x00]) == .valid)
    }

    @Test func `random bytes are judged as the standard library judges them`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomText(seed: seed)
        for _ in 0..<20_000 {
            let bytes = random.bytes(upTo: 24)
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((encoding(bytes) == .valid) == isValid, "seed \(seed): \(bytes)")
            let repaired = bytes.withUnsafeBytes(TextEncoding.repaired)
            #expect(repaired == Array(String(decoding: bytes, as: UTF8.self).utf8), "seed \(seed)")
            #expect(repaired.count <= 3 * bytes.count)
        }
    }
}
