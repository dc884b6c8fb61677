/// A range of IP addresses that share their first bits, as in `10.0.0.0/8` (CIDR, RFC 4632).
public struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The first address, in network order: 4 or 16 bytes.
    public let bytes: [UInt8]
    /// The number of bits that all addresses share.
    public let prefix: Int

    /// Parses an address, or an address and the number of its first bits; `nil` if it is neither,
    /// or if a bit behind the first ones is set.
    public init?(_ text: String) {
        guard let block = AddressRange(lenient: text), block.isAligned else { return nil }
        self = block
    }

    /// Parses a block whose address may be any of those in it.
    private init?(lenient text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = SocketAddress.ipBytes(String(parts[0])) else {
            return nil
        }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), let bits = Int(parts[1]),
                String(bits) == parts[1], (0...prefix).contains(bits)
            else { return nil }
            prefix = bits
        }
        self.bytes = bytes
        self.prefix = prefix
    }

    private init(_ bytes: [UInt8], prefix: Int) {
        self.bytes = bytes
        self.prefix = prefix
    }

    /// Returns the block that was probably meant by an address with bits after the first ones:
    /// `10.0.0.0/8` for `10.1.2.3/8`.
    public static func aligned(_ text: String) -> AddressRange? {
        AddressRange(lenient: text).map { AddressRange($0.masked, prefix: $0.prefix) }
    }

    private var masked: [UInt8] {
        bytes.indices.map { index in
            let bits = max(0, min(8, prefix - index * 8))
            return bytes[index] & ~UInt8(truncatingIfNeeded: 0xFF >> bits)
        }
    }

    private var isAligned: Bool { masked == bytes }

    /// Returns whether an address, of 4 or 16 bytes, is in the block.
    ///
    /// IPv4 in IPv6 is IPv4.
    public func contains(_ address: [UInt8]) -> Bool {
        address.count == bytes.count && AddressRange(address, prefix: prefix).masked == bytes
    }

    /// `10.0.0.0/8`; without the number if it is one address.
    public var description: String {
        let address = SocketAddress.ip(bytes, port: 0)?.bareHost ?? "?"
        return prefix == bytes.count * 8 ? address : "\(address)/\(prefix)"
    }
}
