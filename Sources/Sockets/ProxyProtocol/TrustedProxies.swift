import Glibc

/// The addresses from which connections come by way of a proxy, which says by a PROXY header whose
/// connection it is.
public struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]
    private let containsUnix: Bool

    /// Makes a set of addresses.
    ///
    /// - Parameter containsUnix: whether clients on a Unix socket are proxies.
    public init(ranges: [AddressRange] = [], containsUnix: Bool = false) {
        self.ranges = ranges
        self.containsUnix = containsUnix
    }

    /// Returns whether a peer is one of the proxies.
    func contains(_ peer: SocketAddress) -> Bool {
        if peer.family == AF_UNIX { return containsUnix }
        guard !ranges.isEmpty, let bytes = peer.ipBytes else { return false }
        return ranges.contains { $0.contains(bytes) }
    }
}
