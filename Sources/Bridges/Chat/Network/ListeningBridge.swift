import MessageBus
import Sockets

/// A bridge that listens for clients, which stay connected until the bus stops.
package protocol ListeningBridge:
    AdjustableBridge, RefreshableBridge, ConnectionChecking, ListenRequester, PeopleHosting
{
    /// The bridge's options in bridge.json.
    associatedtype Options: ListeningOptions

    /// The application protocols that clients with TLS are offered, one for each of the bridge's
    /// ports.
    static var protocols: [ApplicationProtocol] { get }
    /// The options and the loop, and its server while it runs.
    var shared: RunningServer<Options> { get }
}

extension ListeningBridge {
    /// The options, with limits that may have changed since it was made.
    package var options: Options { shared.options }
    /// The bus's loop, on which it serves.
    package var loop: EventLoop { shared.loop }
    /// Returns a path that can be opened, from one relative to bridge.json.
    package var directory: @Sendable (String) -> String { shared.directory }

    /// Adopts the limits of another bridge of the type.
    package func adjust(to other: any Bridge, _ bus: isolated Bus) {
        guard let other = other as? Self else { return }
        shared.set(other.options)
        shared.server?.adjust(to: other.options)
    }

    /// Reads the certificate, once for each protocol; returns none for connections in plain.
    package func certificates() async throws -> [CertificateWatch.Loaded] {
        guard let tls = options.tls else { return [] }
        var certificates: [CertificateWatch.Loaded] = []
        for `protocol` in Self.protocols {
            let files = tls.files(directory, for: `protocol`)
            certificates.append(try await CertificateWatch.load(files))
        }
        return certificates
    }

    /// Reads the certificate, if connections are encrypted.
    package func readAnew() async throws -> BridgeRefresh? {
        let certificates = try await certificates()
        if certificates.isEmpty { return nil }
        let shared = shared
        return BridgeRefresh("certificate") { _ in
            guard let server = shared.server else { return }
            for (watch, certificate) in zip(server.certificateWatches, certificates) {
                watch.use(certificate)
            }
        }
    }

    /// Checks the addresses and the certificate.
    package func checkConnection() async -> [ConnectionFinding] {
        await ListenCheck(
            options.addresses, options.tls?.files(directory), directory: directory
        ).findings()
    }

    /// Returns the addresses that it will listen on.
    ///
    /// - Throws: `SocketError` with the resolver's sentence.
    package func listenRequests() async throws -> [ListenRequest] {
        var requests: [ListenRequest] = []
        for wanted in options.addresses {
            requests.append(
                ListenRequest(
                    try await wanted.address.resolved(directory), mode: options.mode?.bits))
        }
        return requests
    }

    /// Listens until the bus stops, then sends every client what it is owed.
    ///
    /// - Parameter open: makes the server, and opens its addresses.
    package func serve(
        _ port: Port,
        _ open: @escaping @Sendable (isolated Bus) throws -> any ListeningServer<Options>
    ) async throws {
        let server = try await port.bus.perform { [shared] bus in
            let server = try open(bus)
            shared.begin(server)
            return server
        }
        defer { shared.end() }
        await withTaskCancellationHandler {
            await port.openIntake()
            for address in server.addresses {
                port.log.always(Phrases(port.language).listening(on: address))
            }
            await port.ready()
            await port.stopping()
            // A cancelled bridge closes at once, without answering anybody first.
            if !Task.isCancelled { await port.bus.perform { server.stopReading($0) } }
            await port.closeIntake()
            await server.waitUntilDone(port.bus)
        } onCancel: {
            port.bus.post { server.closeAll($0) }
        }
    }
}
