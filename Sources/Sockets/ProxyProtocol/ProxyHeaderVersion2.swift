/// A PROXY header of version 2, in binary (proxy-protocol.txt, 2.2).
struct ProxyHeaderVersion2 {
    private let bytes: [UInt8]

    /// Kinds of what follows the address (2.2.1).
    private static let (checksum, secureLayer): (UInt8, UInt8) = (0x03, 0x20)
    /// Bytes of a checksum, and those in front of what is nested in the SSL part.
    private static let (checksumBytes, secureBytes) = (4, 5)

    /// Makes a reader of a header that is complete and has the right signature.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var result: ProxyHeaderParser.Result {
        guard bytes[12] >> 4 == 2 else { return .invalid("its PROXY header has no known version") }
        switch bytes[12] & 0x0F {
        // Whatever else the header of a health check says does not count.
        case 0: return .header(ProxyHeader())
        case 1: return header.map { .header($0) } ?? .invalid("its PROXY header is malformed")
        default: return .invalid("its PROXY header has no known command")
        }
    }

    private var header: ProxyHeader? {
        var header = ProxyHeader()
        var rest = bytes[16...]
        switch bytes[13] {
        case 0x00: break
        case 0x11:
            guard rest.count >= 12 else { return nil }
            header.address = address(of: 4)
            rest = rest.dropFirst(12)
        case 0x21:
            guard rest.count >= 36 else { return nil }
            header.address = address(of: 16)
            rest = rest.dropFirst(36)
        case 0x31:
            guard rest.count >= 216 else { return nil }
            rest = rest.dropFirst(216)
        // Datagrams, and families that nobody has.
        default: return nil
        }
        guard readParts(rest, into: &header) else { return nil }
        return header
    }

    private func address(of count: Int) -> SocketAddress? {
        let port = 16 + 2 * count
        return SocketAddress.ip(
            Array(bytes[16..<(16 + count)]),
            port: UInt16(bytes[port]) << 8 | UInt16(bytes[port + 1]))
    }

    /// Reads the parts behind the address; returns false if one of them is malformed.
    private func readParts(_ parts: ArraySlice<UInt8>, into header: inout ProxyHeader) -> Bool {
        guard let parts = Self.split(parts) else { return false }
        for (kind, value) in parts {
            switch kind {
            case Self.checksum:
                guard value.count == Self.checksumBytes, isIntact(checksumAt: value.startIndex)
                else { return false }
            case Self.secureLayer:
                guard value.count >= Self.secureBytes, let client = value.first,
                    Self.split(value.dropFirst(Self.secureBytes)) != nil
                else { return false }
                // PP2_CLIENT_SSL: the client's connection to the proxy is encrypted.
                header.isSecure = client & 0x01 != 0
            default: break
            }
        }
        return true
    }

    /// Splits parts of a kind, a length and a value each; `nil` if they do not fill the bytes.
    private static func split(
        _ bytes: ArraySlice<UInt8>
    ) -> [(kind: UInt8, value: ArraySlice<UInt8>)]? {
        var result: [(UInt8, ArraySlice<UInt8>)] = []
        var rest = bytes
        while !rest.isEmpty {
            guard rest.count >= 3 else { return nil }
            let start = rest.startIndex
            let count = Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            guard rest.count >= 3 + count else { return nil }
            result.append((rest[start], rest[(start + 3)..<(start + 3 + count)]))
            rest = rest.dropFirst(3 + count)
        }
        return result
    }

    /// Returns whether the CRC-32C of the header, with zeros in its own place, is what stands
    /// there.
    private func isIntact(checksumAt start: Int) -> Bool {
        let place = start..<(start + Self.checksumBytes)
        var crc = ~UInt32(0)
        for (index, byte) in bytes.enumerated() {
            crc ^= place.contains(index) ? 0 : UInt32(byte)
            // The polynomial of RFC 9260, appendix A, bits reversed.
            for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0x82F6_3B78 }
        }
        return ~crc == bytes[place].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
