/// A maker of connections to servers: it finds their addresses on a thread, tries these one after
/// the other, and does the handshake of TLS.
///
/// Confined to the loop.
public final class Connector {
    private let loop: EventLoop
    private let resolver: HostResolver

    /// Makes a connector.
    ///
    /// - Parameter resolve: finds the addresses of a host; may take long.
    public init(
        on loop: EventLoop,
        resolve: @escaping @Sendable (String, UInt16) throws -> [SocketAddress] = {
            try SocketAddress.resolve(host: $0, port: $1)
        }
    ) {
        self.loop = loop
        resolver = HostResolver(loop, resolve)
    }

    /// Begins to connect.
    ///
    /// - Parameters:
    ///   - limit: the time for all of it.
    ///   - completion: called once, on the loop, never before this returns.
    public func connect(
        to target: ConnectTarget, within limit: Duration,
        _ completion: @escaping (Result<EstablishedConnection, ConnectFailure>) -> Void
    ) -> ConnectAttempt {
        loop.assertOwned()
        let attempt = ConnectAttempt(target, on: loop, within: limit, completion)
        let id = ObjectIdentifier(attempt)
        attempt.onEnd = { [resolver] in resolver.forget(id) }
        let host = HTTPHost(name: target.host, port: target.port)
        loop.perform { [resolver] in
            guard !attempt.isOver else { return }
            resolver.find(host, for: id) { [weak attempt] in
                switch $0 {
                case .success(let addresses): attempt?.begin(with: addresses)
                case .failure(let error):
                    attempt?.end(.failure(ConnectFailure(.unreachable, error.description)))
                }
            }
        }
        return attempt
    }
}
