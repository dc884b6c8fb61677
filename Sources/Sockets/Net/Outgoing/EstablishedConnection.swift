/// A connection to a server, which belongs to whoever has asked for it.
public struct EstablishedConnection: Sendable {
    /// The connected, non-blocking descriptor.
    public let descriptor: Int32
    /// The encryption, after the handshake; `nil` for an unencrypted connection.
    public let session: TLSSession?
    /// The server's address.
    public let address: SocketAddress
}
