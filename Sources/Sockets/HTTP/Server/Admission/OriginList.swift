/// The origins whose pages may open a WebSocket: the server's own, and those that are listed.
///
/// A browser says in `Origin` which page it is that connects (RFC 6455, 10.2); other programs say
/// nothing, and there is nobody whom they could deceive.
package struct OriginList: Sendable {
    private let origins: Set<String>
    /// The hosts of the origins, without ports.
    let hosts: Set<String>

    /// Makes a list of origins such as `https://chat.example.org`; `nil` if one of them is invalid.
    package init?(_ texts: [String]) {
        var (origins, hosts): (Set<String>, Set<String>) = ([], [])
        for text in texts {
            guard let (scheme, authority) = Self.split(text.lowercased()) else { return nil }
            origins.insert("\(scheme)://\(Self.withoutDefaultPort(authority, scheme))")
            hosts.insert(String(HostRule.name(of: authority)))
        }
        (self.origins, self.hosts) = (origins, hosts)
    }

    private init() { (origins, hosts) = ([], []) }

    /// The list of no further origins: only the server's own is allowed.
    package static let none = OriginList()

    private static func split(_ text: String) -> (scheme: Substring, authority: Substring)? {
        for scheme in ["http", "https"] where text.hasPrefix("\(scheme)://") {
            let authority = text.dropFirst(scheme.count + 3)
            let isPlain = authority.utf8.allSatisfy {
                HTTPCharacters.isHostName($0) || [0x3A, 0x5B, 0x5D].contains($0)
            }
            return isPlain && !authority.isEmpty ? (text.prefix(scheme.count), authority) : nil
        }
        return nil
    }

    private static func withoutDefaultPort(
        _ authority: Substring, _ scheme: Substring
    ) -> Substring {
        let port = scheme == "https" ? ":443" : ":80"
        return authority.hasSuffix(port) ? authority.dropLast(port.count) : authority
    }

    /// Returns whether a page may connect.
    ///
    /// A page of the server's own origin may. If the client is known to speak TLS, only a page that
    /// came by TLS counts as that: anybody on the way may have changed the other. Elsewhere the
    /// scheme says nothing, since a proxy that ends TLS may not have said so, and no browser lets a
    /// page that came by TLS connect in plain.
    ///
    /// - Parameters:
    ///   - origin: the value of `Origin`; `nil` if there is none.
    ///   - host: the value of `Host`.
    ///   - isEncrypted: whether the client speaks TLS, to us or to its proxy.
    package func allows(_ origin: String?, host: String?, isEncrypted: Bool) -> Bool {
        guard let origin = origin?.lowercased() else { return true }
        guard let (scheme, authority) = Self.split(origin) else { return false }
        let site = Self.withoutDefaultPort(authority, scheme)
        if let host = host?.lowercased(), scheme == "https" || !isEncrypted,
            site == Self.withoutDefaultPort(host[...], scheme)
        {
            return true
        }
        return origins.contains("\(scheme)://\(site)")
    }
}
