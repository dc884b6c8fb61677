import MessageBus

/// An address that a listening bridge listens on, as an option of it says.
package struct ListenAddress: Sendable {
    /// The address.
    package let address: Address
    /// The name of the option.
    package let option: String

    /// Makes an address of an option.
    package init(_ address: Address, of option: String) {
        self.address = address
        self.option = option
    }
}

extension OptionCheck {
    /// Reports an address to listen on that can't be used: a path that can't be that of a socket,
    /// and an address that another entry of the file has.
    package mutating func address(_ address: Address, at location: OptionLocation) {
        if case .unix(let path) = address { file(path, at: location) }
        // With port 0 the system finds a free port for each.
        if address.isAnyPort { return }
        unique("\(address)", "address", expected: "an address of its own", at: location)
    }
}

extension Address {
    /// True if the system chooses the port.
    package var isAnyPort: Bool {
        if case .network(_, port: 0) = self { true } else { false }
    }

    /// True for the path of a Unix socket.
    var isUnix: Bool {
        if case .unix = self { true } else { false }
    }
}
