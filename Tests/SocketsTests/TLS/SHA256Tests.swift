import Sockets
import Testing

@Suite struct SHA256Tests {
    @Test func `the digest is that of FIPS 180-4's example`() {
        let digest = SHA256.digest(of: "abc".utf8)
        #expect(digest.count == SHA256.count)
        let start: [UInt8] = [0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA]
        #expect(Array(digest.prefix(8)) == start)
        #expect(SHA256.digest(of: []).prefix(2) == [0xE3, 0xB0])
    }
}
