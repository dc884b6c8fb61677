import Testing

@testable import MessageBus

@Suite struct TextScanTests {
    @Test func `one byte that is not printable is found at every place of every length`() {
        for count in 0...90 {
            var bytes = [UInt8](repeating: 0x61, count: count)
            #expect(bytes.withUnsafeBytes(TextScan.isPrintableASCII))
            for place in 0..<count {
                for bad: UInt8 in [0x1F, 0x7F, 0x80] {
                    bytes[place] = bad
                    #expect(!bytes.withUnsafeBytes(TextScan.isPrintableASCII), "\(count) \(place)")
                }
                bytes[place] = 0x7E
            }
        }
    }

    @Test func `one byte that is not ASCII is found at every place of every length`() {
        for count in 0...100 {
            var bytes = [UInt8](repeating: 0x7F, count: count)
            #expect(bytes.withUnsafeBytes(TextScan.isASCII))
            for place in 0..<count {
                bytes[place] = 0x80
                #expect(!bytes.withUnsafeBytes(TextScan.isASCII), "\(count) \(place)")
                bytes[place] = 0x00
            }
        }
    }

    @Test(arguments: [1, 8, 16, 64, 70])
    func `each of the 256 bytes is judged alike in each path`(count: Int) {
        for byte in UInt8.min...UInt8.max {
            let bytes = [UInt8](repeating: byte, count: count)
            let expected = (0x20...0x7E).contains(byte)
            #expect(bytes.withUnsafeBytes(TextScan.isPrintableASCII) == expected, "\(byte)")
        }
    }

    @Test func `an empty buffer without an address is printable`() {
        #expect(TextScan.isPrintableASCII(UnsafeRawBufferPointer(start: nil, count: 0)))
    }

    @Test func `the plain prefix ends in front of the block with the first other byte`() {
        for place in 0..<64 {
            var bytes = [UInt8](repeating: 0x61, count: 64)
            bytes[place] = 0xC3
            #expect(bytes.withUnsafeBytes(TextScan.plainPrefix) == place / 16 * 16)
        }
    }
}
