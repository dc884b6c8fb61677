import Glibc

extension SocketAddress: Equatable {
    /// Returns true for the same path, or the same IP address, zone and port; IPv4 in IPv6 is
    /// another address than the IPv4 address itself.
    public static func == (left: SocketAddress, right: SocketAddress) -> Bool {
        guard left.family == right.family, left.port == right.port else { return false }
        return left.family == AF_UNIX
            ? "\(left)" == "\(right)"
            : left.rawIPBytes == right.rawIPBytes
    }

    /// True for 0.0.0.0 and [::].
    var isWildcard: Bool { family != AF_UNIX && rawIPBytes.allSatisfy { $0 == 0 } }

    /// The bytes of an IP address, and of the zone of an IPv6 address, as the kernel has them.
    private var rawIPBytes: [UInt8] {
        withPointer { pointer, _ in
            let bytes = unsafe UnsafeRawPointer(pointer)
            return switch family {
            // sockaddr_in: the address follows the port; sockaddr_in6: sin6_flowinfo is between,
            // and sin6_scope_id comes after (ip(7), ipv6(7)).
            case AF_INET: unsafe Array(UnsafeRawBufferPointer(start: bytes + 4, count: 4))
            case AF_INET6: unsafe Array(UnsafeRawBufferPointer(start: bytes + 8, count: 20))
            default: []
            }
        }
    }
}
