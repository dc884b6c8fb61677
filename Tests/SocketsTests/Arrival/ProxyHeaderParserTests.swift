import TestSupport
import Testing

@testable import Sockets

/// PROXY headers of both versions, however they are cut, and what only looks like one.
@Suite(.timeLimit(.minutes(10))) struct ProxyHeaderParserTests {
    /// The result of reading: `192.0.2.7:56324 secure`, `local`, `invalid`, `needs more`; and the
    /// number of bytes behind the header.
    private struct Reading: Equatable {
        var text: String
        var rest = 0
    }

    /// Reads bytes in pieces that end at the given places.
    private static func read(_ bytes: [UInt8], cutAt cuts: [Int] = []) -> Reading {
        var parser = ProxyHeaderParser()
        var start = 0
        for end in cuts + [bytes.count] where end > start {
            let (consumed, result) = bytes[start..<end].withUnsafeBytes { parser.feed($0) }
            start += consumed
            switch result {
            case .needsMore: if start != end { return Reading(text: "lost bytes") }
            case .invalid: return Reading(text: "invalid")
            case .header(let header):
                let address = header.address.map { "\($0)" } ?? "local"
                let secure = header.isSecure.map { $0 ? " secure" : " insecure" } ?? ""
                return Reading(text: address + secure, rest: bytes.count - start)
            }
        }
        return Reading(text: "needs more")
    }

    /// Reads bytes whole, byte by byte, and cut in two at each place; all must agree.
    private static func agree(_ bytes: [UInt8]) -> Reading {
        let whole = read(bytes)
        var readings = (0..<bytes.count).map { read(bytes, cutAt: [$0]) }
        readings.append(read(bytes, cutAt: Array(bytes.indices)))
        return readings.first { $0 != whole }.map { Reading(text: "cut: \($0)") } ?? whole
    }

    @Test(arguments: [
        ("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n", "192.0.2.7:56324"),
        ("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0"),
        ("PROXY TCP6 2001:db8::7 ::1 1 2\r\n", "[2001:db8::7]:1"),
        ("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n", "[::ffff:192.0.2.7]:1"),
        ("PROXY UNKNOWN\r\n", "local"),
        ("PROXY UNKNOWN ffff:: ffff:: 65535 65535\r\n", "local"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 56324\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443 \r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443 1\r\n", "invalid"),
        ("PROXY TCP4  192.0.2.7 192.0.2.1 56324 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.07 192.0.2.1 56324 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.256 192.0.2.1 56324 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2 56324 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 65536 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 056 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 +56 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 -1 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7\0 192.0.2.1 1 443\r\n", "invalid"),
        ("PROXY TCP4 192.0.2.7 192.0.2.1 1 443\r\r\n", "invalid"),
        ("PROXY TCP4 2001:db8::7 ::1 1 2\r\n", "invalid"),
        ("PROXY TCP6 192.0.2.7 192.0.2.1 1 2\r\n", "invalid"),
        ("PROXY UDP4 192.0.2.7 192.0.2.1 1 2\r\n", "invalid"),
        ("PROXY UNKNOWN2\r\n", "invalid"), ("PROXY \r\n", "invalid"), ("PROXY\r\n", "invalid"),
        ("proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n", "invalid"), ("GET / HTTP/1.1\r\n", "invalid"),
        ("ana: hola\n", "invalid"), ("\r\n\r\n\n", "invalid"), ("\u{16}\u{3}\u{1}", "invalid"),
        ("P", "needs more"), ("PROXY TCP4 192.0.2.7 ", "needs more"), ("\r\n\r\n", "needs more"),
    ])
    func `a header of version 1 is read as it stands, or refused`(line: String, expected: String) {
        #expect(Self.agree(Array(line.utf8)).text == expected)
    }

    @Test func `what follows the header is left to others`() {
        let line = "PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n"
        for rest in ["\n", "ana: hola\n", line, "\u{16}\u{3}\u{1}"] {
            let bytes = Array((line + rest).utf8)
            #expect(Self.agree(bytes) == Reading(text: "192.0.2.7:1", rest: rest.utf8.count))
            let binary = Self.version2() + Array(rest.utf8)
            #expect(Self.agree(binary) == Reading(text: "192.0.2.7:56324", rest: rest.utf8.count))
        }
    }

    @Test func `a line without an end has 107 bytes at most`() {
        let longest = "PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n"
        #expect(longest.utf8.count == 107)
        #expect(Self.agree(Array(longest.utf8)).text == "local")
        #expect(Self.agree(Array(longest.utf8).dropLast() + [0x78]).text == "invalid")
    }

    // MARK: - Version 2

    private static let ipv4: [UInt8] = [192, 0, 2, 7, 192, 0, 2, 1, 0xDC, 4, 1, 0xBB]

    private static func version2(
        _ command: UInt8 = 0x21, _ family: UInt8 = 0x11, _ content: [UInt8] = ipv4
    ) -> [UInt8] {
        let count: [UInt8] = [UInt8(content.count >> 8), UInt8(truncatingIfNeeded: content.count)]
        return ProxyHeaderParser.signature + [command, family] + count + content
    }

    private static func part(_ kind: UInt8, _ value: [UInt8]) -> [UInt8] {
        [kind, UInt8(value.count >> 8), UInt8(truncatingIfNeeded: value.count)] + value
    }

    @Test func `a header of version 2 names a client of either family`() {
        #expect(Self.agree(Self.version2()).text == "192.0.2.7:56324")
        let ipv6 = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]
        let content = ipv6 + ipv6 + [0, 1, 0, 2]
        #expect(Self.agree(Self.version2(0x21, 0x21, content)).text == "[2001:db8::7]:1")
    }

    @Test func `health checks and clients without an address are the proxy's own`() {
        #expect(Self.agree(Self.version2(0x20, 0x00, [])).text == "local")
        #expect(Self.agree(Self.version2(0x20, 0x11, Self.ipv4)).text == "local")
        // Whatever it has besides is skipped.
        #expect(Self.agree(Self.version2(0x20, 0xFF, [1, 2, 3])).text == "local")
        #expect(Self.agree(Self.version2(0x21, 0x00, [])).text == "local")
        let unix = [UInt8](repeating: 0x2F, count: 216)
        #expect(Self.agree(Self.version2(0x21, 0x31, unix)).text == "local")
    }

    @Test func `the SSL part says whether the client's connection is encrypted`() {
        let verify: [UInt8] = [0, 0, 0, 0]
        for (client, text) in [(UInt8(0x01), "secure"), (0x07, "secure"), (0, "insecure")] {
            let part = Self.part(0x20, [client] + verify + Self.part(0x21, Array("TLSv1.3".utf8)))
            let header = Self.version2(0x21, 0x11, Self.ipv4 + Self.part(0x02, [1]) + part)
            #expect(Self.agree(header).text == "192.0.2.7:56324 \(text)")
        }
        #expect(
            Self.agree(Self.version2(0x21, 0x11, Self.ipv4 + Self.part(0x20, [1]))).text
                == "invalid")
        let cut = Self.part(0x20, [1] + verify + [0x21, 0, 9])
        #expect(Self.agree(Self.version2(0x21, 0x11, Self.ipv4 + cut)).text == "invalid")
    }

    @Test func `a checksum is checked if there is one`() {
        // Computed by the bitwise CRC-32C of RFC 9260 over the header with zeros in its place.
        func header(_ checksum: [UInt8]) -> [UInt8] {
            Self.version2(0x21, 0x11, Self.ipv4 + Self.part(0x03, checksum))
        }
        let sum = Self.crc32c(header([0, 0, 0, 0]))
        let right = (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) }
        #expect(Self.crc32c(Array("123456789".utf8)) == 0xE306_9283)
        #expect(Self.agree(header(right)).text == "192.0.2.7:56324")
        #expect(Self.agree(header([right[0] ^ 1] + right.dropFirst())).text == "invalid")
        #expect(Self.agree(header(Array(right.dropLast()))).text == "invalid")
    }

    /// With a table, in contrast to the parser's.
    private static func crc32c(_ bytes: [UInt8]) -> UInt32 {
        let table: [UInt32] = (0..<256).map { index in
            var crc = UInt32(index)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
            return crc
        }
        var crc = ~UInt32(0)
        for byte in bytes { crc = crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
        return ~crc
    }

    @Test func `everything else in version 2 is refused`() {
        for command: UInt8 in [0x00, 0x11, 0x22, 0x2F, 0x31, 0xFF] {
            #expect(Self.agree(Self.version2(command)).text == "invalid")
        }
        for family: UInt8 in [0x01, 0x10, 0x12, 0x13, 0x22, 0x32, 0x41, 0xFF] {
            #expect(Self.agree(Self.version2(0x21, family)).text == "invalid")
        }
        for count in 0..<12 {
            let short = Array(Self.ipv4.prefix(count))
            #expect(Self.agree(Self.version2(0x21, 0x11, short)).text == "invalid")
            #expect(Self.read(Array(Self.version2().prefix(count))).text == "needs more")
        }
        #expect(Self.agree(Self.version2(0x21, 0x21)).text == "invalid")
        #expect(Self.agree(Self.version2(0x21, 0x11, Self.ipv4 + [0x04, 0])).text == "invalid")
        let long = Self.ipv4 + Self.part(0x04, [UInt8](repeating: 0, count: 4_096))
        #expect(Self.read(Self.version2(0x21, 0x11, long)).text == "invalid")
    }

    @Test(arguments: Seeded.some)
    func `a mangled header is read the same however it is cut`(seed: UInt64) {
        var random = Seeded(seed)
        let headers = [
            Self.version2(0x21, 0x11, Self.ipv4 + Self.part(0x20, [1, 0, 0, 0, 0])),
            Array("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n".utf8),
        ]
        for _ in 0..<2_000 {
            var bytes = headers[Int.random(in: 0...1, using: &random)]
            for _ in 0...Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            let cuts = bytes.indices.filter { _ in Bool.random(using: &random) }
            #expect(Self.read(bytes, cutAt: cuts) == Self.read(bytes))
        }
    }

    @Test(arguments: Seeded.some)
    func `random bytes are no header`(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...64, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Self.read(bytes).text
            #expect(text == "invalid" || bytes.first == 0x50 || bytes.first == 0x0D)
            #expect(!text.contains("."))
        }
    }
}
