import Glibc

/// An address or a block of addresses that a ban keeps out.
///
/// IPv4 blocks have 16 to 32 bits, IPv6 blocks 32 to 64: an IPv6 address stands for its /64.
package struct AddressBlock: Hashable, Sendable {
    /// IPv4 or IPv6.
    package let family: ClientAddress.Family
    /// The bits of the first address in the block, as in `ClientAddress`.
    package let bits: UInt64
    /// The number of leading bits that all addresses in the block share.
    package let prefix: Int

    private static let ipv4Prefixes = 16...32
    private static let ipv6Prefixes = 32...64

    /// Makes the block of one address; that of `local` contains nothing else.
    package init(_ address: ClientAddress) {
        family = address.family
        bits = address.bits
        prefix = Self.width(of: address.family)
    }

    /// Makes a block; `nil` if it is too large to be banned.
    ///
    /// Bits behind the prefix are cleared.
    package init?(_ address: ClientAddress, prefix: Int) {
        let allowed =
            switch address.family {
            case .local: 0...0
            case .ipv4: Self.ipv4Prefixes
            case .ipv6: Self.ipv6Prefixes
            }
        guard allowed.contains(prefix) else { return nil }
        family = address.family
        bits = address.bits & Self.mask(prefix, of: address.family)
        self.prefix = prefix
    }

    /// Reads an address or a block: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
    ///
    /// `nil` if the text is neither, or the block is too large to be banned. Bits behind the
    /// prefix, and behind the first 64 of an IPv6 address, make no difference.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = ClientAddress(first) else { return nil }
        guard parts.count == 2 else {
            self.init(address)
            return
        }
        let isMapped = address.family == .ipv4 && first.utf8.contains(UInt8(ascii: ":"))
        let digits = parts[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            var prefix = Int(digits), prefix <= (isMapped || address.family == .ipv6 ? 128 : 32)
        else { return nil }
        if isMapped { prefix -= 96 }
        self.init(address, prefix: min(prefix, Self.width(of: address.family)))
    }

    /// Returns true if an address is in the block.
    package func contains(_ address: ClientAddress) -> Bool {
        address.family == family && address.bits & Self.mask(prefix, of: family) == bits
    }

    /// Returns true if the blocks have addresses in common.
    package func overlaps(_ other: AddressBlock) -> Bool {
        let mask = Self.mask(min(prefix, other.prefix), of: family)
        return family == other.family && bits & mask == other.bits & mask
    }

    /// True if the block holds an address by which this machine reaches itself: 127.0.0.0/8, ::1.
    package var holdsLoopback: Bool {
        switch family {
        case .local: true
        case .ipv4: bits >> 24 == 127
        case .ipv6: contains(ClientAddress(ipv6: 0, 1))
        }
    }

    private static func width(of family: ClientAddress.Family) -> Int {
        switch family {
        case .local: 0
        case .ipv4: 32
        case .ipv6: 64
        }
    }

    private static func mask(_ prefix: Int, of family: ClientAddress.Family) -> UInt64 {
        let width = width(of: family)
        return prefix == 0
            ? 0 : (UInt64.max << UInt64(width - prefix)) & (UInt64.max >> UInt64(64 - width))
    }
}

extension AddressBlock: CustomStringConvertible {
    /// The address or block as people write it: `192.0.2.7`, `2001:db8:1:2::/64`, `local`.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch family {
        case .local: return "local"
        case .ipv4:
            var address = in_addr(s_addr: UInt32(truncatingIfNeeded: bits).bigEndian)
            unsafe inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .ipv6:
            var halves = (bits.bigEndian, UInt64(0))
            unsafe inet_ntop(AF_INET6, &halves, &text, socklen_t(text.count))
        }
        let address = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return family == .ipv4 && prefix == 32 ? address : "\(address)/\(prefix)"
    }
}
