/// The client of a request: the other side of the connection, or the one that a proxy has named.
package struct HTTPPeer: Sendable {
    /// The client's address.
    package let address: SocketAddress
    /// True if a proxy has named the address.
    package let isForwarded: Bool
    /// True if the client speaks TLS, to us or to its proxy: its URLs begin with `https`.
    package let isEncrypted: Bool
    /// True if nobody between the client and this machine can read what is sent.
    package let isSecure: Bool

    /// The part of the address that limits and bans apply to; `nil` for a client on a Unix socket.
    package var host: HostKey? { address.host }
}
