import Glibc

// IP addresses as bytes in network order.
extension SocketAddress {
    /// Returns the 4 or 16 bytes of an address as it is written, without a zone; `nil` if it is not
    /// one.
    static func ipBytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return unsafe inet_pton(AF_INET6, text, &bytes) == 1 ? mapped(bytes) : nil
    }

    /// The 4 bytes of an IPv4 address in IPv6 (`::ffff:192.0.2.1`), or the bytes themselves.
    private static func mapped(_ bytes: [UInt8]) -> [UInt8] {
        let isMapped =
            bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }

    /// Makes an address of 4 or 16 bytes and a port.
    static func ip(_ bytes: [UInt8], port: UInt16) -> SocketAddress? {
        switch bytes.count {
        case 4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin_addr) {
                unsafe $0.copyBytes(from: bytes)
            }
            return SocketAddress(copying: &address)
        case 16:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                unsafe $0.copyBytes(from: bytes)
            }
            return SocketAddress(copying: &address)
        default: return nil
        }
    }

    /// The 4 or 16 bytes of an IP address, 4 for IPv4 in IPv6; `nil` for a path.
    var ipBytes: [UInt8]? {
        withPointer { pointer, _ in
            let bytes = unsafe UnsafeRawPointer(pointer)
            switch family {
            case AF_INET: return unsafe Array(UnsafeRawBufferPointer(start: bytes + 4, count: 4))
            case AF_INET6:
                return unsafe Self.mapped(
                    Array(UnsafeRawBufferPointer(start: bytes + 8, count: 16)))
            default: return nil
            }
        }
    }

    /// The IP address without port and brackets.
    var bareHost: String {
        let text = hostText
        return text.hasPrefix("[") ? String(text.dropFirst().dropLast()) : text
    }

    /// Returns whether an IP address as it is written, without a port, is one of this machine
    /// alone.
    static func isLoopback(_ text: String) -> Bool {
        ipBytes(text).flatMap { ip($0, port: 0) }?.isLocal ?? false
    }

    /// True if the other side is on this machine: a Unix socket, 127.0.0.0/8, ::1.
    public var isLocal: Bool { family == AF_UNIX || host?.isLoopback ?? false }
}
