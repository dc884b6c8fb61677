import MessageBus

/// The options that all listening bridges have.
package protocol ListeningOptions: PluginOptions {
    /// The address it listens on.
    var listen: Address { get }
    /// The mode of a Unix socket's file; `nil` leaves it to the umask.
    var mode: FileMode? { get }
    /// The files of the certificate; `nil` for connections in plain.
    var tls: TLSOptions? { get }
}
