/// The reason for which `JoinedNetwork` lost or closed a connection, or could not make one.
struct ConnectionEnd: Sendable, Equatable {
    /// The kind of end.
    enum Kind: Sendable, Equatable {
        /// The server was not reached, or has gone, or does not answer.
        case lost
        /// The server was reached but rejected the account or the password, or could not be
        /// verified: a mistake in the configuration, if this happens from the beginning.
        case refused
        /// The server must be reached by TLS: the bridge connects again at once.
        case tlsRequired
        /// The server has closed the connection because of too many lines.
        case flooded
        /// The bridge has ended the connection itself.
        case finished
    }

    let kind: Kind
    /// The reason in words; may be empty.
    let reason: String
}
