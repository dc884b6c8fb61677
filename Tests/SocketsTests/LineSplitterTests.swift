import Sockets
import Testing

@Suite struct LineSplitterTests {
    /// The pieces in one list, for comparison.
    private enum Found: Equatable {
        case line(String)
        case tooLong(beginning: String)
    }

    private static func split(_ chunks: [[UInt8]], longest: Int, flushes: Bool = true) -> [Found] {
        var splitter = LineSplitter(longest: longest)
        var found: [Found] = []
        func take(_ piece: LineSplitter.Piece) {
            switch piece {
            case .line(let line, _): found.append(.line(String(decoding: line, as: UTF8.self)))
            case .tooLong(let beginning):
                found.append(.tooLong(beginning: String(decoding: beginning, as: UTF8.self)))
            }
        }
        for chunk in chunks { chunk.withUnsafeBytes { splitter.split($0, take) } }
        if flushes { splitter.flush(take) }
        return found
    }

    private static let samples: [(text: String, found: [Found])] = [
        ("", []),
        ("\n", [.line("")]),
        ("one\ntwo\n", [.line("one"), .line("two")]),
        ("one\r\ntwo", [.line("one"), .line("two")]),
        ("\r\n\r\n", [.line(""), .line("")]),
        ("a\rb\n", [.line("a\rb")]),
        ("a\r\r\nb\n", [.line("a\r"), .line("b")]),
        ("12345678\n12345678\r\n", [.line("12345678"), .line("12345678")]),
        ("123456789\nab\n", [.tooLong(beginning: "12345678"), .line("ab")]),
        ("123456789\r\nab", [.tooLong(beginning: "12345678"), .line("ab")]),
        ("1234567890123\n\nab\n", [.tooLong(beginning: "12345678"), .line(""), .line("ab")]),
        ("ab\n1234567890123", [.line("ab"), .tooLong(beginning: "12345678")]),
        ("ñandú\n¿qué?\n", [.line("ñandú"), .line("¿qué?")]),
    ]

    @Test(arguments: samples.indices)
    func `finds the same lines whole, byte by byte and split anywhere`(sample: Int) {
        let (text, found) = Self.samples[sample]
        let bytes = Array(text.utf8)
        #expect(Self.split([bytes], longest: 8) == found)
        #expect(Self.split(bytes.map { [$0] }, longest: 8) == found)
        for index in bytes.indices {
            let halves = [Array(bytes[..<index]), Array(bytes[index...])]
            #expect(Self.split(halves, longest: 8) == found, "split at \(index)")
        }
    }

    @Test func `a half line waits for its rest`() {
        var splitter = LineSplitter(longest: 100)
        Array("one\ntw".utf8).withUnsafeBytes { splitter.split($0) { _ in } }
        #expect(splitter.hasPending)
        #expect(splitter.withPending { Array($0) } == Array("tw".utf8))
    }

    @Test func `a flush can keep an incomplete end`() {
        var splitter = LineSplitter(longest: 100)
        var lines: [String] = []
        func take(_ piece: LineSplitter.Piece) {
            if case .line(let line, _) = piece {
                lines.append(String(decoding: line, as: UTF8.self))
            }
        }
        Array("hol\u{E1}".utf8).dropLast().withUnsafeBytes { splitter.split($0, take) }
        splitter.flush(leaving: { _ in 1 }, take)
        ([0xA1] as [UInt8]).withUnsafeBytes { splitter.split($0, take) }
        splitter.flush(take)
        #expect(lines == ["hol", "á"])
    }
}
