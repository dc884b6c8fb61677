import MessageBus

/// The options of the server of metrics, health and the status page.
package struct StatusOptions: PluginOptions {
    /// The address to listen on.
    @Option("The address of metrics, health and the status page; port 0 lets the system choose.")
    package var listen = Address.network(host: "127.0.0.1", port: 9_102)

    /// Names that other programs have for it.
    package static let synonyms = [
        "host": listening, "port": listening, "address": listening, "bind": listening,
        "metrics": listening,
    ]

    private static let listening = "\"listen\": \"HOST:PORT\""

    /// Makes the options with their defaults.
    package init() {}

    /// True if only this machine can ask.
    private var isLocal: Bool {
        switch listen {
        case .unix: true
        case .network(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }

    /// Reports an address that something else has, and warns of one that others reach.
    package func validate(_ check: inout OptionCheck) {
        if case .unix(let path) = listen { check.file(path, at: $listen) }
        if !isLocal {
            check.warning(
                """
                whoever reaches \(listen) can read, without a password, what the bridges and rooms \
                are called and how much is said there
                """, at: $listen)
        }
        // With port 0 the system finds a free port.
        if case .network(_, port: 0) = listen { return }
        check.unique("\(listen)", "address", expected: "an address of its own", at: $listen)
    }
}
