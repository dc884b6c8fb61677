/// The addresses that a bridge listens on for one of its protocols: all that its host resolves to,
/// at one port.
public struct ListenRequest: Sendable {
    /// The addresses; those that this machine does not have are left out, unless it has none.
    public let addresses: [SocketAddress]
    /// The users who may connect to a Unix socket, in the bits of chmod(2); `nil` for what the
    /// process's mask leaves.
    public let mode: UInt32?

    /// Makes a request.
    public init(_ addresses: [SocketAddress], mode: UInt32? = nil) {
        self.addresses = addresses
        self.mode = mode
    }
}
