/// The rule for the host of requests on a loopback address: an address, `localhost`, or a host of
/// `origins`.
///
/// Any site's name may be made to lead to 127.0.0.1, and its page could then read ours as its own
/// (DNS rebinding).
package struct HostRule: Sendable {
    private let hosts: Set<String>

    /// Makes the rule.
    package init(_ origins: OriginList) { hosts = origins.hosts }

    /// Returns whether a request for a host is answered; one without a host comes from no browser.
    ///
    /// - Parameter host: the value of `Host`, perhaps with a port.
    package func allows(_ host: String?) -> Bool {
        guard let host = host?.lowercased() else { return true }
        let name = Self.name(of: host[...])
        if name.hasPrefix("[") { return true }
        return name == "localhost" || SocketAddress.ipBytes(String(name)) != nil
            || hosts.contains(String(name))
    }

    /// Returns a host without its port.
    static func name(of authority: Substring) -> Substring {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return authority[...end]
        }
        return authority.prefix { $0 != ":" }
    }
}
