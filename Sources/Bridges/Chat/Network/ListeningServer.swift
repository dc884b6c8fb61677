import MessageBus

/// The server of one run of a listening bridge.
///
/// Confined to the bus's loop.
package protocol ListeningServer<Options>: AnyObject, Sendable {
    /// The bridge's options.
    associatedtype Options

    /// The addresses it listens on, as the log names them.
    var addresses: [String] { get }
    /// The watches of the certificate, one for each of the bridge's protocols; none for connections
    /// in plain.
    var certificateWatches: [CertificateWatch] { get }

    /// Adopts the limits of other options.
    func adjust(to new: Options)

    /// Lets nobody in any more; every connection closes once all that it is owed has been sent.
    func stopReading(_ bus: isolated Bus)

    /// Closes all connections at once.
    func closeAll(_ bus: isolated Bus)

    /// Returns when all connections are closed.
    func waitUntilDone(_ bus: isolated Bus) async
}
