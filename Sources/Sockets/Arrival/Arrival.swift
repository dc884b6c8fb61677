/// A connection whose own protocol can begin: its PROXY header is read, its TLS handshake is done.
public struct Arrival: Sendable {
    /// The connected, non-blocking descriptor.
    public let descriptor: Int32
    /// The encryption; `nil` for an unencrypted connection.
    public let session: TLSSession?
    /// The client's address: the peer's, or the one that a proxy has named.
    public let address: SocketAddress
    /// True if a proxy has named the address.
    public let isProxied: Bool
    /// True if nobody between the client and this machine can read what is sent.
    public let isSecure: Bool

    /// Makes an arrival.
    public init(
        _ descriptor: Int32, session: TLSSession? = nil, address: SocketAddress,
        isProxied: Bool = false, isSecure: Bool
    ) {
        self.descriptor = descriptor
        self.session = session
        self.address = address
        self.isProxied = isProxied
        self.isSecure = isSecure
    }

    /// The part of the address that limits count by; `nil` for a client on a Unix socket.
    public var host: HostKey? { address.host }
}
