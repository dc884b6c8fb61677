extension Listener {
    /// Makes a listener for each of the given addresses, all at one port.
    ///
    /// An address that this machine does not have is left out as long as there are others.
    ///
    /// - Parameter make: makes the listener of one address.
    /// - Throws: `SocketError` if one is taken, or if none of them exists on this machine; nothing
    ///   is listened on then.
    package static func open(
        at wanted: [SocketAddress], _ make: (SocketAddress) throws -> Listener
    ) throws -> [Listener] {
        var listeners: [Listener] = []
        var missing: SocketError?
        do {
            for address in wanted {
                // For port 0 the system chooses a port once, and all addresses share it.
                let port = address.port == 0 ? listeners.first?.address.port ?? 0 : address.port
                do {
                    listeners.append(try make(address.with(port: port)))
                } catch let error as SocketError where error.meansNoSuchAddress {
                    missing = error
                }
            }
            if let missing, listeners.isEmpty { throw missing }
        } catch {
            for listener in listeners { listener.close() }
            throw error
        }
        return listeners
    }
}
