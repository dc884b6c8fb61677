import Chat
import MessageBus
import Sockets

extension IRCServer: AdjustableBridge {
    /// The limits, and what clients are told when they join.
    package static let adjustableOptions: Set<String> = [
        "maxConnections", "maxPerAddress", "connects", "stalledAfter", "commands",
        "historyOnJoin", "topics",
    ]

    /// Takes over the limits of another ircd bridge.
    package func adjust(to other: any Bridge, _ bus: isolated Bus) {
        guard let other = other as? IRCServer else { return }
        shared.set(other.shared.options)
        shared.server?.adjust(to: other.shared.options)
    }
}

extension IRCServer: RefreshableBridge {
    /// Reads the certificate, if connections are encrypted.
    package func readAnew() async throws -> BridgeRefresh? {
        guard let certificates = try await certificates() else { return nil }
        let shared = shared
        return BridgeRefresh("certificate") { _ in shared.server?.use(certificates) }
    }
}

extension IRCServer: ConnectionChecking {
    /// Checks the address and the certificate.
    package func checkConnection() async -> [ConnectionFinding] {
        await ListenCheck(
            options.listen, options.tls?.files(directory), directory: directory
        ).findings()
    }
}
