import MessageBus
import Sockets

/// The server of the configuration as something to connect to.
enum ServerTarget {
    /// Returns the server, with TLS if bridge.json or the server itself requires it.
    ///
    /// Reads the authorities of the machine on a thread, which takes some 50 ms.
    ///
    /// - Parameter tlsPort: the port to which the server has sent its clients.
    /// - Throws: `TLSError` with what is wrong with which file; `SocketError`.
    static func make(
        _ options: IRCClient.Options, _ context: Context, tlsPort: UInt16? = nil
    ) async throws -> ConnectTarget {
        let (host, port) = options.endpoint
        guard let verification = options.encryption ?? (tlsPort == nil ? nil : .system) else {
            return ConnectTarget(host: host, port: port, isLocalOnly: options.hasSecrets)
        }
        let trust: TLSClientContext.Trust =
            switch verification {
            case .system: .system
            case .authorities(let path): .authorities(path: context.path(path))
            case .fingerprint(let digits): .fingerprint(digits)
            }
        let made = try await DedicatedThread.run(named: "authorities") {
            () -> Result<TLSClientContext, TLSError> in
            do throws(TLSError) {
                return .success(try TLSClientContext(trusting: trust))
            } catch {
                return .failure(error)
            }
        }
        return ConnectTarget(
            host: host, port: options.encryption == nil ? tlsPort ?? port : port,
            encryption: try made.get())
    }
}
