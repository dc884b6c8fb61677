import Chat
import Glibc
import MessageBus
import Sockets

extension IRCClient: ConnectionChecking {
    /// The most time to connect: `puente check --connect` waits for ten seconds in all.
    private static let checkTime: Duration = .seconds(8)

    /// Connects to the server, with TLS if the options ask for it, and closes the connection; sends
    /// no IRC command.
    ///
    /// Runs outside the loop, on which only the connection is made.
    package func checkConnection() async -> [ConnectionFinding] {
        let server = options.server.description
        do {
            let target = try await ServerTarget.make(options, context)
            let isEncrypted = target.encryption != nil
            try await Self.connect(to: target, on: context.loop)
            return [.works("\(server) answers\(isEncrypted ? ", and is who it should be" : "")")]
        } catch {
            return [.fails("\(error): check \"server\", \"tls\" and the network")]
        }
    }

    private static func connect(to target: ConnectTarget, on loop: EventLoop) async throws {
        let result = await withCheckedContinuation {
            (
                continuation: CheckedContinuation<
                    Result<EstablishedConnection, ConnectFailure>, Never
                >
            )
            in
            loop.perform {
                let connector = Connector(on: loop)
                var attempt: ConnectAttempt?
                attempt = connector.connect(to: target, within: checkTime) { result in
                    // Releases the attempt, which had to be kept alive until now.
                    attempt = nil
                    continuation.resume(returning: result)
                }
                withExtendedLifetime(attempt) {}
            }
        }
        let connection = try result.get()
        // The session does not own the descriptor.
        Glibc.close(connection.descriptor)
    }
}
