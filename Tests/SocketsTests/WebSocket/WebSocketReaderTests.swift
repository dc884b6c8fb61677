import TestSupport
import Testing

@testable import Sockets

/// Frames from bytes, in pieces of any size.
@Suite(.timeLimit(.minutes(10))) struct WebSocketReaderTests {
    private typealias Frames = WebSocketFrames

    private func expect(_ bytes: [UInt8], _ words: [String], line: Int = #line) {
        let (whole, others) = Frames.every(bytes)
        #expect(whole == words, "line \(line)")
        #expect(others == [], "line \(line)")
    }

    @Test func `messages are unmasked, whole or in fragments, with pings between`() {
        expect(
            Frames.text("hola") + Frames.text("") + Frames.text("señor €𝄞"),
            ["text hola", "text ", "text señor €𝄞"])
        let parts =
            Frames.text("ho", isFinal: false) + Frames.frame(9, [0x70])
            + Frames.frame(0, Array("l".utf8), isFinal: false) + Frames.frame(10, [])
            + Frames.frame(0, [], isFinal: false) + Frames.frame(0, Array("a".utf8))
        expect(parts + Frames.text("x"), ["ping p", "pong ", "text hola", "text x"])
    }

    @Test func `a character may be split over fragments`() {
        let euro = Array("€".utf8)
        expect(
            Frames.frame(1, [euro[0]], isFinal: false) + Frames.frame(0, [euro[1]], isFinal: false)
                + Frames.frame(0, [euro[2]]), ["text €"])
        expect(Frames.frame(1, [euro[0], euro[1]]), ["failed 1007"])
        expect(
            Frames.frame(1, [euro[0]], isFinal: false) + Frames.frame(0, [0x41]), ["failed 1007"])
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF], [0xC3, 0x28],
            [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x92, 0x28],
        ] as [[UInt8]])
    func `the first byte that is no UTF-8 ends the connection`(bad: [UInt8]) {
        expect(Frames.frame(1, Array("abcdefghij".utf8) + bad), ["failed 1007"])
        // At once, although the message goes on.
        let long = Frames.frame(1, bad + Array(repeating: 0x41, count: 100), isFinal: false)
        #expect(Frames.read(Array(long[..<(6 + bad.count)])) == ["failed 1007"])
    }

    @Test func `text is what Swift takes for text`() {
        var random = Seeded(7)
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...12, using: &random)
            let bytes = (0..<count).map { _ in
                UInt8.random(in: random.chance(50) ? 0x00...0xFF : 0x80...0xF4, using: &random)
            }
            let isText = String(validating: bytes, as: UTF8.self) != nil
            #expect(Frames.read(Frames.frame(1, bytes)).first?.hasPrefix("text") == isText)
        }
    }

    @Test func `lengths are those of the protocol, in their shortest form`() {
        for count in [0, 1, 125, 126, 127, 65_535, 65_536] {
            let message = [UInt8](repeating: 0x61, count: count)
            let words = Frames.read(Frames.frame(1, message))
            #expect(words.count == 1 && words[0].hasPrefix("text"), "\(count)")
        }
        let key: [UInt8] = [0, 0, 0, 0]
        expect([0x81, 0xFE] + Frames.length(125, 2) + key, ["failed 1002"])
        expect([0x81, 0xFF] + Frames.length(65_535, 8) + key, ["failed 1002"])
        expect([0x81, 0xFF] + [0x80, 0, 0, 0, 0, 0, 0, 0] + key, ["failed 1002"])
        expect([0x81, 0xFF] + Frames.length(.max, 8) + key, ["failed 1009"])
        expect([0x81, 0xFF] + Frames.length(65_537, 8), ["failed 1009"])
        let half = [UInt8](repeating: 0x61, count: 40_000)
        #expect(
            Frames.read(Frames.frame(1, half, isFinal: false) + Frames.frame(0, half))
                == ["failed 1009"])
    }

    @Test func `what violates the protocol ends the connection`() {
        expect(Frames.frame(1, [0x61], isMasked: false), ["failed 1002"])
        for bit: UInt8 in [0x10, 0x20, 0x40] { expect([0x81 | bit], ["failed 1002"]) }
        for opcode: UInt8 in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
            expect([0x80 | opcode], ["failed 1002"])
        }
        for opcode: UInt8 in [8, 9, 10] {
            expect([opcode, 0x80], ["failed 1002"])
            expect([0x80 | opcode, 0xFE], ["failed 1002"])
            #expect(
                Frames.read(Frames.frame(opcode, Array(repeating: 3, count: 126))) == [
                    "failed 1002"
                ])
        }
        expect(Frames.frame(0, [0x61]), ["failed 1002"])
        expect(Frames.text("a", isFinal: false) + Frames.text("b"), ["failed 1002"])
        expect(Frames.text("a") + Frames.frame(0, [0x61]), ["text a", "failed 1002"])
        expect(Frames.frame(2, [1, 2]), ["failed 1003"])
        expect(Frames.text("a", isFinal: false) + Frames.frame(2, [1]), ["failed 1002"])
    }

    @Test func `messages of bytes may be taken, and need not be text`() {
        let bytes =
            Frames.frame(2, [0xFF, 0x80], isFinal: false) + Frames.frame(9, [])
            + Frames.frame(0, [0xC3]) + Frames.text("é") + Frames.frame(2, [0xC3])
        let words = ["ping ", "binary 3", "text é", "binary 1"]
        for cut in bytes.indices {
            #expect(Frames.read(bytes, cutAt: [cut], takesBinary: true) == words)
        }
        #expect(
            Frames.read(bytes + Frames.frame(1, [0xC3]), takesBinary: true)
                == words + ["failed 1007"])
    }

    @Test func `a close ends everything, with a code that may be sent`() {
        expect(Frames.frame(8, []) + Frames.text("late"), ["close 0"])
        for code in [1_000, 1_001, 1_003, 1_007, 1_011, 1_014, 3_000, 4_999] {
            let reason = Array("adiós".utf8)
            expect(Frames.frame(8, Frames.length(code, 2) + reason), ["close \(code)"])
        }
        for code in [0, 999, 1_004, 1_005, 1_006, 1_015, 1_016, 2_999, 5_000, 65_535] {
            expect(Frames.frame(8, Frames.length(code, 2)), ["failed 1002"])
        }
        expect(Frames.frame(8, [3]), ["failed 1002"])
        expect(Frames.frame(8, [3, 0xE8, 0xC3]), ["failed 1007"])
    }

    @Test(arguments: Seeded.some)
    func `however frames are changed and split, they mean one thing`(seed: UInt64) {
        var random = Seeded(seed)
        let sample =
            Frames.text("hola €") + Frames.frame(9, [1, 2]) + Frames.text("a", isFinal: false)
            + Frames.frame(0, Array(repeating: 0x62, count: 130)) + Frames.frame(8, [3, 0xE8])
        for _ in 0..<(Sanitizer.isPresent ? 50 : 1_000) {
            var bytes = sample
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
            let whole = Frames.read(bytes)
            #expect(Frames.read(bytes, cutAt: Array(bytes.indices.dropFirst())) == whole)
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }
            #expect(Frames.read(bytes, cutAt: cuts.sorted()) == whole)
        }
    }
}
