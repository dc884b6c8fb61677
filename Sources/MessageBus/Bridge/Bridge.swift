/// A way in and out of the bus.
public protocol Bridge: Sendable {
    /// Runs the bridge. Return = finished. Throw = failed; it is run again after a pause. The end
    /// of `port.messages` = the bus is stopping.
    func run(_ port: Port) async throws
}
