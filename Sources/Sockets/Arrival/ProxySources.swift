import Glibc

/// The addresses from which connections come by way of a proxy, which says by a PROXY header whose
/// connection it is.
public struct ProxySources: Sendable {
    private let blocks: [AddressBlock]
    private let containsUnix: Bool

    /// Makes a set of addresses.
    ///
    /// - Parameter containsUnix: whether clients on a Unix socket are proxies.
    public init(blocks: [AddressBlock] = [], containsUnix: Bool = false) {
        self.blocks = blocks
        self.containsUnix = containsUnix
    }

    /// Returns whether a peer is one of the proxies.
    func contains(_ peer: SocketAddress) -> Bool {
        if peer.family == AF_UNIX { return containsUnix }
        guard !blocks.isEmpty, let bytes = peer.ipBytes else { return false }
        return blocks.contains { $0.contains(bytes) }
    }
}
