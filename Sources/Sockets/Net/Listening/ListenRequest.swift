/// The addresses that one bridge listens on: all that its host resolves to, at one port.
package struct ListenRequest: Sendable {
    /// The addresses; those that this machine does not have are left out, unless it has none.
    package let addresses: [SocketAddress]
    /// The users who may connect to a Unix socket, in the bits of chmod(2); `nil` for what the
    /// process's mask leaves.
    package let mode: UInt32?

    /// Makes a request.
    package init(_ addresses: [SocketAddress], mode: UInt32? = nil) {
        self.addresses = addresses
        self.mode = mode
    }
}
