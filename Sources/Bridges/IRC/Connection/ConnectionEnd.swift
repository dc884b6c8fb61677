/// The end of a connection, or of the attempt to make one.
struct ConnectionEnd: Sendable, Equatable {
    /// The kind of end.
    enum Kind: Sendable, Equatable {
        /// The server was not reached, or has gone, or does not answer.
        case lost
        /// The server has been reached and does not believe the account or the password, or is not
        /// believed: a mistake in the configuration, if it is so from the beginning.
        case refused
        /// The server is to be reached by TLS.
        case upgrade
        /// The server has found too many lines.
        case flooded
        /// It was given up here.
        case finished
    }

    let kind: Kind
    /// The reason in words.
    let reason: String
}
