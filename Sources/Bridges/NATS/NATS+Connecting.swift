import MessageBus
import Sockets

extension NATS: ConnectionChecking {
    /// Connects to each server, and checks the stream and the rights of this instance; makes and
    /// stores nothing there.
    package func checkConnection() async -> [ConnectionFinding] {
        let results = await withTaskGroup(
            of: (Int, Result<BrokerConnection, BrokerError>).self
        ) { group in
            for (index, server) in access.servers.enumerated() {
                group.addTask { [access] in (index, await Self.connect(to: server, access)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let attempts = access.servers.indices.compactMap { results[$0] }
        var findings = zip(access.servers, attempts).map(finding)
        let connections = attempts.compactMap { try? $0.get() }
        let rooms = options.rooms.map { $0.names.values.sorted() } ?? context.rooms
        let (settings, store) = (options.settings, context.storeID())
        do {
            findings += try await DedicatedThread.run(named: "nats check") {
                defer { for connection in connections { connection.end() } }
                return connections.first.map {
                    BrokerCheck(settings: settings, rooms: rooms, store: store, connection: $0)
                        .findings()
                } ?? []
            }
        } catch {
            findings.append(.fails("\(error)"))
        }
        return findings
    }

    private static func connect(
        to server: String, _ access: BrokerAccess
    ) async -> Result<BrokerConnection, BrokerError> {
        do {
            return try await DedicatedThread.run(named: "nats check") {
                Result { () throws(BrokerError) in
                    try BrokerConnection(to: server, access, name: "puente check")
                }
            }
        } catch {
            return .failure(BrokerError(.unreachable, "\(error)"))
        }
    }

    private func finding(
        _ server: String, _ attempt: Result<BrokerConnection, BrokerError>
    ) -> ConnectionFinding {
        let isEncrypted = access.isSecure || server.hasPrefix("tls://")
        switch attempt {
        case .success:
            return .works("\(server) answers\(isEncrypted ? ", and is who it should be" : "")")
        case .failure(let error) where error.kind == .refused:
            return .fails(
                "\(error): check \"user\", \"password\", \"token\", \"nkey\" or \"credentials\"")
        case .failure(let error):
            return .fails("\(error): check \"servers\", \"tls\" and the network")
        }
    }
}
