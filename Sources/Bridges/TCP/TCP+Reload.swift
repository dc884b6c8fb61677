import Chat
import MessageBus
import Sockets

extension TCP: AdjustableBridge {
    /// The limits.
    package static let adjustableOptions: Set<String> = [
        "maxLine", "maxConnections", "maxPerAddress", "connects", "nameWithin", "stalledAfter",
        "commands", "lists",
    ]

    /// Takes over the limits of another tcp bridge.
    package func adjust(to other: any Bridge, _ bus: isolated Bus) {
        guard let other = other as? TCP else { return }
        shared.set(other.shared.options)
        shared.server?.adjust(to: other.shared.options)
    }
}

extension TCP.Options {
    /// The options that have to do with its connections.
    var listenerSettings: ChatListener.Settings {
        ChatListener.Settings(
            maxConnections: maxConnections, maxPerAddress: maxPerAddress, connects: connects,
            mode: mode, proxyFrom: proxyFrom)
    }
}

extension TCP: RefreshableBridge {
    /// Reads the certificate, if connections are encrypted.
    package func readAnew() async throws -> BridgeRefresh? {
        guard let (_, loaded) = try await certificate() else { return nil }
        let shared = shared
        return BridgeRefresh("certificate") { _ in
            shared.server?.certificateWatch?.use(loaded)
        }
    }
}
