/// The reason for which a connection ends before its protocol begins.
public enum ArrivalFailure: Equatable, Sendable {
    /// It took too long; `isSilent` if it has sent nothing.
    case late(isSilent: Bool)
    /// It sends text where TLS is spoken; its first bytes.
    case plaintext([UInt8])
    /// A proxy's header is missing or malformed; the sentence says in which way.
    case badHeader(String)
    /// A PROXY header came from an address that is not a proxy's.
    case strangeHeader
    /// The handshake failed; the client has been sent an alert.
    case handshake(String)
    /// The client has closed it.
    case gone
    /// The owner does not let in the client that a proxy names.
    case refused
    /// It gives way to another one.
    case gaveWay
}
