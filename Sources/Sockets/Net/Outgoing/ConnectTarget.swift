/// A server to connect to.
public struct ConnectTarget: Sendable {
    /// The name or IP address, without brackets.
    public let host: String
    /// The port.
    public let port: UInt16
    /// The encryption; `nil` for an unencrypted connection.
    public let encryption: TLSClientContext?
    /// True if only this machine's own addresses will do, because something secret is to be sent
    /// unencrypted.
    public let isLocalOnly: Bool

    /// Makes a target.
    public init(
        host: String, port: UInt16, encryption: TLSClientContext? = nil, isLocalOnly: Bool = false
    ) {
        self.host = host
        self.port = port
        self.encryption = encryption
        self.isLocalOnly = isLocalOnly
    }

    /// `irc.example.org:6697`.
    var name: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
