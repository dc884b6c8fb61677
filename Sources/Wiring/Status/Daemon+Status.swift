import MessageBus
import Sockets
import StatusServer

extension Daemon {
    /// Begins to serve metrics, health and the status page, where bridge.json wants that.
    ///
    /// - Throws: a sentence that begins with `status`, if the address can't be had.
    func startStatusServer() async throws -> StatusServer? {
        guard let options = assembly.configuration.status else { return nil }
        let log = assembly.log.named("status")
        do {
            let addresses = try await addresses(of: options.listen)
            let language = assembly.configuration.language
            let server = try StatusServer(
                assembly.monitor, on: addresses, from: assembly.loop.listeningSockets, language,
                log: log)
            for address in server.addresses {
                log.always(
                    language == .es ? "escuchando en \(address)" : "listening on \(address)")
            }
            return server
        } catch {
            throw BridgeError("status: \(error)")
        }
    }

    private func addresses(of address: Address) async throws -> [SocketAddress] {
        switch address {
        case .unix(let path):
            let path = Configuration.path(path, of: assembly.configuration.file)
            return [try SocketAddress.unix(path: path)]
        case .network(let host, let port):
            // The system's resolver waits for the network, so it gets a thread of its own.
            let found = try await DedicatedThread.run(named: "resolver") {
                Result { try SocketAddress.resolve(host: host, port: UInt16(clamping: port)) }
            }
            return try found.get()
        }
    }
}
