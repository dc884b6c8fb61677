/// A finding about a bridge's other side, in words that contain no secret.
public enum ConnectionFinding: Sendable, Hashable {
    /// It works.
    case works(String)
    /// It does not work; the words say what to do about it.
    case fails(String)
    /// It was not tried; the words say why.
    case untried(String)
    /// The address is taken, perhaps by the daemon that runs with the same configuration.
    ///
    /// - Parameters:
    ///   - address: the address as the kernel has it, `127.0.0.1:2000` or `unix:/run/puente.sock`.
    ///   - reason: what was tried, and what the kernel said.
    case taken(address: String, reason: String)
}
