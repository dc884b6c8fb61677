import Chat
import MessageBus
import Sockets

extension Web: AdjustableBridge {
    /// The limits.
    package static let adjustableOptions: Set<String> = [
        "maxConnections", "maxPerAddress", "stalledAfter",
    ]

    /// Takes over the limits of another web bridge.
    package func adjust(to other: any Bridge, _ bus: isolated Bus) {
        guard let other = other as? Web else { return }
        shared.set(other.shared.options)
        shared.server?.adjust(to: other.shared.options)
    }
}

extension Web: RefreshableBridge {
    /// Reads the certificate, if connections are encrypted.
    package func readAnew() async throws -> BridgeRefresh? {
        guard let (_, loaded) = try await certificate() else { return nil }
        let shared = shared
        return BridgeRefresh("certificate") { _ in
            shared.server?.certificateWatch?.use(loaded)
        }
    }
}
