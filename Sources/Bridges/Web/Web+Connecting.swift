import Chat
import MessageBus

extension Web: ConnectionChecking {
    /// Checks the address and the certificate.
    package func checkConnection() async -> [ConnectionFinding] {
        await ListenCheck(
            options.listen, options.tls?.files(directory), directory: directory
        ).findings()
    }
}
