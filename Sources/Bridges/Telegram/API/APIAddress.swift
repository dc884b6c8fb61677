import Chat
import MessageBus
import Sockets

/// Checks of the parts of a call's address.
enum APIAddress {
    /// Returns true if a text can stand in an address as a token.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
                default: false
                }
            }
    }

    /// Returns true if a token may be sent to an address: over TLS, or no further than this
    /// machine.
    static func isAllowed(_ address: String) -> Bool {
        guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !address.contains(where: { "?#@\\".contains($0) })
        else { return false }
        let host = host(of: address)
        if address.hasPrefix("https://") { return !host.isEmpty }
        return address.hasPrefix("http://") && ["localhost", "127.0.0.1", "[::1]"].contains(host)
    }

    /// Returns true if an address has no port, or a valid one.
    static func hasGoodPort(_ address: String) -> Bool {
        let port = authority(of: address).dropFirst(host(of: address).count)
        guard port.first == ":" else { return port.isEmpty }
        let digits = port.dropFirst()
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && Int(digits).map { (1...65_535).contains($0) } ?? false
    }

    private static func host(of address: String) -> Substring {
        let authority = authority(of: address)
        // Colons inside brackets are part of an IPv6 address.
        guard authority.first == "[", let bracket = authority.firstIndex(of: "]") else {
            return authority.prefix { $0 != ":" }
        }
        return authority[...bracket]
    }

    private static func authority(of address: String) -> Substring {
        guard let scheme = address.firstRange(of: "://") else { return "" }
        return address[scheme.upperBound...].prefix { $0 != "/" }
    }
}
