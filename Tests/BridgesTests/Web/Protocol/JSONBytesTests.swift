import Foundation
import TestSupport
import Testing

@testable import WebBridge

@Suite struct JSONBytesTests {
    private func escaped(_ text: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 6 * text.count + 2)
        let used = text.withUnsafeBytes { text in
            bytes.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { start in
                    var json = JSONBytes(at: start)
                    json.write(string: text)
                    return json.place - start
                } ?? 0
            }
        }
        let counted = text.withUnsafeBytes { JSONBytes.count(escaping: $0) }
        #expect(counted + 2 == used)
        return Array(bytes[..<used])
    }

    @Test func `what must be escaped is, and nothing else`() {
        let text = "a\"b\\c\nd\te\u{1}f\u{1F}g\u{7F}h/ñ\u{2028}👋"
        let expected = "\"a\\\"b\\\\c\\nd\\te\\u0001f\\u001fg\u{7F}h/ñ\u{2028}👋\""
        #expect(String(decoding: escaped(Array(text.utf8)), as: UTF8.self) == expected)
    }

    @Test func `each byte is escaped at each place of eight`() throws {
        for byte in UInt8(0)..<128 {
            for place in 0..<17 {
                var text = [UInt8](repeating: 0x61, count: 17)
                text[place] = byte
                let json = escaped(text)
                let parsed = try JSONSerialization.jsonObject(
                    with: Data(json), options: .fragmentsAllowed)
                #expect(parsed as? String == String(decoding: text, as: UTF8.self))
            }
        }
    }

    @Test(arguments: Seeded.some)
    func `another parser reads the same`(seed: UInt64) throws {
        var random = Seeded(seed)
        let samples = Array("abc \"\\\n\t\u{1}ñé→👋🏽\u{2028}\u{2029}漢".unicodeScalars)
        for count in 0..<200 {
            var text = String.UnicodeScalarView()
            for _ in 0..<count { samples.randomElement(using: &random).map { text.append($0) } }
            let bytes = Array(String(text).utf8)
            let parsed = try JSONSerialization.jsonObject(
                with: Data(escaped(bytes)), options: .fragmentsAllowed)
            #expect(parsed as? String == String(text))
            // A cut never splits a character.
            for most in stride(from: 0, to: bytes.count, by: 7) {
                let cut = bytes.withUnsafeBytes { JSONBytes.fittingCount(of: $0, within: most) }
                #expect(String(validating: bytes[..<cut], as: UTF8.self) != nil)
                #expect(escaped(Array(bytes[..<cut])).count - 2 <= most)
            }
        }
    }

    @Test func `numbers are written whole`() {
        for number: Int64 in [0, 1, 9, 10, 99, 100, 1_700_000_000_000, .max, .min, -7] {
            var bytes = [UInt8](repeating: 0, count: 24)
            let used = bytes.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { start in
                    var json = JSONBytes(at: start)
                    json.write(number)
                    return json.place - start
                } ?? 0
            }
            #expect(String(decoding: bytes[..<used], as: UTF8.self) == "\(number)")
        }
    }
}
