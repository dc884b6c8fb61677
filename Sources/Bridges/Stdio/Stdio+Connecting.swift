import MessageBus

extension Stdio: ConnectionChecking {
    /// Says that there is nothing to try.
    package func checkConnection() async -> [ConnectionFinding] {
        [.untried("standard input and output are those that the daemon is started with")]
    }
}
