import MessageBus

/// The options that all listening bridges have.
package protocol ListeningOptions: PluginOptions {
    /// The address it listens on.
    var listen: Address { get }
    /// The mode of a Unix socket's file; `nil` leaves it to the umask.
    var mode: FileMode? { get }
    /// The files of the certificate; `nil` for connections in plain.
    var tls: TLSOptions? { get }
    /// All addresses it listens on, the one of `listen` first.
    var addresses: [ListenAddress] { get }
}

extension ListeningOptions {
    /// The one address of a bridge with one protocol.
    package var addresses: [ListenAddress] { [ListenAddress(listen, of: "listen")] }

    /// Reports paths of Unix sockets that can't be those of files, addresses that another entry
    /// has, and a mode without a Unix socket.
    ///
    /// - Parameters:
    ///   - location: returns the location of an address's option.
    ///   - modeLocation: the location of `mode`.
    package func checkAddresses(
        _ check: inout OptionCheck, mode modeLocation: OptionLocation,
        at location: (ListenAddress) -> OptionLocation
    ) {
        for address in addresses {
            check.address(address.address, at: location(address))
        }
        if mode != nil, !addresses.contains(where: \.address.isUnix) {
            let found = addresses.map { "\($0.option.quoted) is \($0.address)" }
            check.problem(
                "\"mode\" is for unix: addresses only, and \(found.joined(separator: ", "))",
                at: modeLocation)
        }
    }
}
