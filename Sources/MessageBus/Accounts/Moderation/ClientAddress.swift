import Glibc

/// A client's address, in the form that limits, counts of failed attempts and bans use.
///
/// An IPv4 address, the first 64 bits of an IPv6 address, or this machine by a Unix socket. IPv4 in
/// IPv6 (`::ffff:192.0.2.7`) is IPv4.
package struct ClientAddress: Hashable, Sendable {
    /// The kind of an address.
    package enum Family: UInt8, Sendable {
        case local, ipv4, ipv6
    }

    /// The kind of address.
    package let family: Family
    /// The 32 bits of an IPv4 address, or the first 64 of an IPv6 address.
    package let bits: UInt64

    private init(_ family: Family, _ bits: UInt64) {
        self.family = family
        self.bits = bits
    }

    /// The address of a client on a Unix socket, or on standard input.
    package static let local = ClientAddress(.local, 0)

    /// Makes an address from the 32 bits of an IPv4 address, in the machine's byte order.
    package init(ipv4 address: UInt32) { self.init(.ipv4, UInt64(address)) }

    /// Makes an address from the two halves of an IPv6 address, in the machine's byte order.
    package init(ipv6 high: UInt64, _ low: UInt64) {
        if high == 0, low >> 32 == 0xFFFF {
            self.init(.ipv4, low & 0xFFFF_FFFF)
        } else {
            self.init(.ipv6, high)
        }
    }

    /// Reads an address without port, brackets and zone; `nil` if the text isn't one.
    package init?(_ text: some StringProtocol) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            var address = in6_addr()
            guard unsafe inet_pton(AF_INET6, String(text), &address) == 1 else { return nil }
            let halves = unsafe withUnsafeBytes(of: address) { bytes in
                unsafe (
                    UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            self.init(ipv6: halves.0, halves.1)
        } else {
            var address = in_addr()
            guard unsafe inet_pton(AF_INET, String(text), &address) == 1 else { return nil }
            self.init(ipv4: UInt32(bigEndian: address.s_addr))
        }
    }
}

extension ClientAddress: CustomStringConvertible {
    /// The address as people write it: `192.0.2.7`, `2001:db8:1:2::/64`, `local`.
    package var description: String {
        family == .local ? "local" : AddressBlock(self).description
    }
}
