/// The client that a reverse proxy names in `X-Forwarded-For` and `X-Forwarded-Proto`.
///
/// Every proxy appends the address that its connection came from, so the last one that is not a
/// proxy's is the client's; those in front of it are whatever the client has written.
struct ForwardedPeer {
    let proxies: TrustedProxies

    /// Returns the client of a request that came by a proxy.
    ///
    /// - Parameter proxy: the other side of the connection, which counts where the proxy has named
    ///   nobody, or something that is not an address.
    func peer(of head: HTTPRequestHead, from proxy: HTTPPeer) -> HTTPPeer {
        var addresses: [SocketAddress?] = []
        head.forEachElement(of: "x-forwarded-for") {
            unsafe addresses.append(Self.address(String(decoding: $0, as: UTF8.self)))
        }
        // Something that is not an address ends the chain: nobody knows who is in front of it.
        var client: SocketAddress?
        for address in addresses.reversed() {
            client = address
            if address.map({ !proxies.contains($0) }) ?? true { break }
        }
        var scheme: Bool?
        head.forEachElement(of: "x-forwarded-proto") {
            scheme = HTTPRequestHead.equals($0, "https") || HTTPRequestHead.equals($0, "wss")
        }
        return HTTPPeer(
            address: client ?? proxy.address,
            isForwarded: client != nil,
            isEncrypted: scheme ?? proxy.isEncrypted,
            isSecure: scheme ?? proxy.isSecure)
    }

    /// Parses an address, perhaps with a port: `192.0.2.7`, `192.0.2.7:80`, `2001:db8::1`,
    /// `[2001:db8::1]:80`.
    static func address(_ text: String) -> SocketAddress? {
        var host = Substring(text)
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            host = host[host.index(after: host.startIndex)..<end]
        } else if host.count(where: { $0 == ":" }) == 1, let colon = host.firstIndex(of: ":") {
            host = host[..<colon]
        }
        return SocketAddress.ipBytes(String(host)).flatMap { SocketAddress.ip($0, port: 0) }
    }
}
