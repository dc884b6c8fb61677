import Locking

/// The nicks that the daemon's own bridges have on networks: none of the bridges reads another, or
/// texts would go round wherever two share a channel.
///
/// Safe from any thread.
final class OwnNicks: Sendable {
    /// A nick, and the network on which a bridge has it.
    private struct NetworkNick {
        let network: String
        let nick: String
    }

    private let nicks = Locked<[ObjectIdentifier: NetworkNick]>([:])

    /// Makes a list without nicks.
    init() {}

    /// Records the nick that a client has at present.
    ///
    /// - Parameters:
    ///   - nick: the nick, as the network compares it.
    ///   - network: the name of the network, or of its server.
    func record(_ nick: String, on network: String, of client: JoinedNetwork) {
        nicks.withLock {
            $0[ObjectIdentifier(client)] = NetworkNick(network: network.lowercased(), nick: nick)
        }
    }

    /// Removes a client that is not there any more.
    func remove(_ client: JoinedNetwork) {
        nicks.withLock { $0[ObjectIdentifier(client)] = nil }
    }

    /// Returns whether a nick belongs to another client than one.
    func isAnother(_ nick: String, on network: String, than client: JoinedNetwork) -> Bool {
        let network = network.lowercased()
        return nicks.withLock { nicks in
            nicks.contains { other, own in
                other != ObjectIdentifier(client) && own.nick == nick && own.network == network
            }
        }
    }
}
