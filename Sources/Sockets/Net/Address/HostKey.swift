/// The part of an address that limits count by: an IPv4 address, or the first 64 bits of an IPv6
/// address.
public struct HostKey: Hashable, Sendable {
    /// The 32 bits of an IPv4 address, or the first 64 of an IPv6 address.
    package let bits: UInt64
    /// True for IPv4, also if it came as IPv6 (`::ffff:192.0.2.7`).
    package let isIPv4: Bool

    /// The bits of an IPv4 address, in the machine's order; `nil` for IPv6.
    public var ipv4: UInt32? { isIPv4 ? UInt32(truncatingIfNeeded: bits) : nil }
    /// True if it is this machine's own (127.0.0.0/8, ::1).
    public let isLoopback: Bool

    /// Makes the key of an IPv4 address.
    ///
    /// - Parameter address: in network byte order.
    init(ipv4 address: UInt32) {
        let address = UInt32(bigEndian: address)
        (bits, isIPv4, isLoopback) = (UInt64(address), true, address >> 24 == 127)
    }

    /// Makes the key of an IPv6 address.
    ///
    /// - Parameters:
    ///   - high: the first half of an IPv6 address.
    ///   - low: the second half.
    init(high: UInt64, low: UInt64) {
        isIPv4 = high == 0 && low >> 32 == 0xFFFF
        bits = isIPv4 ? low & 0xFFFF_FFFF : high
        isLoopback = isIPv4 ? bits >> 24 == 127 : high == 0 && low == 1
    }
}
