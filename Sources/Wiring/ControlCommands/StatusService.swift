import Locking
import MessageBus
import Sockets
import StatusServer

/// The server of metrics, health and the status page, which a reload may open, move or close.
///
/// Safe from any thread.
final class StatusService: Sendable {
    private let monitor: StatusMonitor
    private let sockets: ListeningSockets
    private let language: Language
    private let log: Log
    private let server = Locked<StatusServer?>(nil)

    /// Makes a service that does not listen yet.
    ///
    /// - Parameter sockets: the sockets that are open already, if the address is among theirs.
    init(_ monitor: StatusMonitor, from sockets: ListeningSockets, _ language: Language, log: Log) {
        self.monitor = monitor
        self.sockets = sockets
        self.language = language
        self.log = log.named("status")
    }

    /// Returns the addresses that a configuration wants; `nil` if it wants no server.
    ///
    /// - Throws: the resolver's sentence.
    static func listenRequest(of configuration: Configuration) async throws -> ListenRequest? {
        guard let options = configuration.status else { return nil }
        switch options.listen {
        case .unix(let path):
            let path = Configuration.path(path, of: configuration.file)
            return ListenRequest([try SocketAddress.unix(path: path)])
        case .network(let host, let port):
            // The system's resolver waits for the network, so it gets a thread of its own.
            let found = try await DedicatedThread.run(named: "resolver") {
                Result { try SocketAddress.resolve(host: host, port: UInt16(clamping: port)) }
            }
            return ListenRequest(try found.get())
        }
    }

    /// Begins to serve where a configuration wants that, beside the present server.
    ///
    /// - Returns: the new server, for `use(_:)`; `nil` if there is to be none.
    /// - Throws: a sentence that begins with `status`, if the address can't be had.
    func open(for configuration: Configuration) async throws -> StatusServer? {
        do {
            guard let request = try await Self.listenRequest(of: configuration) else { return nil }
            return try StatusServer(
                monitor, on: request.addresses, from: sockets, language, log: log)
        } catch {
            throw BridgeError("status: \(error)")
        }
    }

    /// Serves with a given server from now on, and closes the one before it.
    func use(_ new: StatusServer?) {
        let old = server.withLock { server in
            defer { server = new }
            return server
        }
        old?.close()
        for address in new?.addresses ?? [] {
            log.always(language == .es ? "escuchando en \(address)" : "listening on \(address)")
        }
    }

    /// Serves no more.
    func close() { use(nil) }
}
