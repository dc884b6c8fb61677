/// The owner of arriving connections, which decides about the clients that proxies name, and takes
/// each connection over when it has arrived or failed.
///
/// Confined to the loop.
public protocol ArrivalOwner: AnyObject {
    /// Returns whether a client is let in, now that a proxy has said who it is.
    ///
    /// - Parameters:
    ///   - client: the address named, or the proxy's own if it named none.
    ///   - isNamed: whether the proxy named one.
    func identify(_ client: SocketAddress, isNamed: Bool) -> Bool

    /// Takes over a connection whose protocol begins.
    func admit(_ arrival: Arrival)

    /// Takes over the descriptor, to be closed, of a connection that ends before its protocol
    /// begins.
    ///
    /// - Parameters:
    ///   - client: the address by which it was let in; `nil` if that was not known yet.
    ///   - peer: the other side of the socket.
    func end(
        _ descriptor: Int32, client: SocketAddress?, peer: SocketAddress, _ failure: ArrivalFailure)
}
