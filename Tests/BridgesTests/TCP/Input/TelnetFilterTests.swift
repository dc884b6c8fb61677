import Testing

@testable import TCPBridge

@Suite struct TelnetFilterTests {
    private func text(_ pieces: [[UInt8]]) -> [UInt8] {
        var filter = TelnetFilter()
        return pieces.flatMap { piece in
            piece.withUnsafeBytes { filter.mustFilter($0) ? filter.text(of: $0) : piece }
        }
    }

    private static let negotiation: [UInt8] =
        // WILL NAWS, DO SGA, an option that is LF, SB NAWS 10 13 255 255 24 SE, NOP, GA, and data.
        [255, 251, 31, 255, 253, 3, 255, 253, 10]
        + [255, 250, 31, 0, 10, 13, 255, 255, 0, 24, 255, 240, 255, 241, 255, 249]

    @Test func `negotiation is removed wherever it is split`() {
        let bytes = Self.negotiation + Array("ana: ho".utf8) + Self.negotiation + Array("la\n".utf8)
        let expected = Array("ana: hola\n".utf8)
        #expect(text([bytes]) == expected)
        #expect(text(bytes.map { [$0] }) == expected)
        for index in bytes.indices {
            #expect(text([Array(bytes[..<index]), Array(bytes[index...])]) == expected)
        }
    }

    @Test func `bytes that are no negotiation stay`() {
        for bytes: [UInt8] in [[255, 97, 10], [97, 255, 10], [255, 195, 177], [97, 98]] {
            #expect(text([bytes]) == bytes)
            #expect(text(bytes.map { [$0] }) == bytes)
        }
        // IAC twice is a byte 255 of the text.
        #expect(text([[97, 255, 255, 98]]) == [97, 255, 98])
    }

    @Test func `a subnegotiation without an end swallows a bounded number of bytes`() {
        let bytes = [255, 250] + [UInt8](repeating: 97, count: 5_000) + Array("\nhola\n".utf8)
        let left = text([bytes])
        #expect(left.count > 3_000)
        #expect(left.suffix(5) == Array("hola\n".utf8)[...])
    }
}
