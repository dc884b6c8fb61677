/// A PROXY header (HAProxy's proxy-protocol.txt), by which a proxy says whose connection it passes
/// on.
struct ProxyHeader {
    /// The client's address; `nil` for a connection of the proxy's own, such as a health check, or
    /// of a client whose address it does not know.
    var address: SocketAddress?
    /// True if the client's connection to the proxy is encrypted, false if not; `nil` if the header
    /// does not tell.
    var isSecure: Bool?
}
