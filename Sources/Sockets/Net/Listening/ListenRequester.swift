/// A bridge that can tell, before it runs, which addresses it will listen on, so that a reload can
/// open them while the present bridges still run.
public protocol ListenRequester: Sendable {
    /// Returns the addresses that `run` will listen on.
    ///
    /// May ask the system's resolver, which takes seconds.
    ///
    /// - Throws: `SocketError` with the resolver's sentence.
    func listenRequests() async throws -> [ListenRequest]
}
