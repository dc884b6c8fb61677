import Testing

@testable import Sockets

@Suite struct BufferPartsTests {
    private let text = Array("uno dos".utf8)

    @Test func `parts lie within`() {
        text.withUnsafeBytes { bytes in
            #expect(bytes.part(4..<7).text == "dos")
            #expect(bytes.part(4...).text == "dos")
            #expect(bytes.part(..<3).text == "uno")
            #expect(bytes.part(7...).count == 0)
            #expect(bytes.beginning(atMost: 3).text == "uno")
            #expect(bytes.beginning(atMost: 100).text == "uno dos")
        }
    }

    @Test func `a part outside traps`() async {
        await #expect(processExitsWith: .failure) {
            [UInt8](repeating: 0, count: 4).withUnsafeBytes { _ = $0.part(2..<5) }
        }
    }

    @Test func `there is no byte outside`() {
        text.withUnsafeBytes { bytes in
            #expect(bytes.byte(at: 0) == UInt8(ascii: "u"))
            #expect(bytes.byte(at: 6) == UInt8(ascii: "s"))
            #expect(bytes.byte(at: 7) == nil)
            #expect(bytes.byte(at: -1) == nil)
        }
    }

    @Test func `a byte is found from an offset on`() {
        text.withUnsafeBytes { bytes in
            #expect(bytes.offset(of: UInt8(ascii: "o")) == 2)
            #expect(bytes.offset(of: UInt8(ascii: "o"), from: 3) == 5)
            #expect(bytes.offset(of: UInt8(ascii: "o"), from: 6) == nil)
            #expect(bytes.offset(of: UInt8(ascii: "u"), from: 7) == nil)
            #expect(bytes.part(7...).offset(of: UInt8(ascii: "u")) == nil)
        }
    }

    @Test func `beginnings are compared`() {
        text.withUnsafeBytes { bytes in
            #expect(bytes.begins(with: Array("uno".utf8)))
            #expect(!bytes.begins(with: Array("dos".utf8)))
            #expect(!bytes.begins(with: Array("uno dos tres".utf8)))
        }
    }

    @Test func `what was read can be left out`() {
        text.withUnsafeBytes { bytes in
            var rest = bytes
            rest.removeBeginning(4)
            #expect(rest.text == "dos")
            rest.removeBeginning(3)
            #expect(rest.count == 0)
        }
    }
}
