import MessageBus
import Sockets

extension Address {
    /// Returns the socket addresses to listen on.
    ///
    /// - Parameter directory: returns a path of the configuration from the root.
    /// - Throws: `SocketError` if the path is too long, or the name is not that of a host.
    package func resolved(
        _ directory: (String) -> String
    ) async throws -> [SocketAddress] {
        switch self {
        case .unix(let path): return [try SocketAddress.unix(path: directory(path))]
        case .network(let host, let port):
            // The system's resolver waits for the network, so it gets a thread of its own.
            let found = try await DedicatedThread.run(named: "resolver") {
                Result { try SocketAddress.resolve(host: host, port: UInt16(clamping: port)) }
            }
            return try found.get()
        }
    }
}
