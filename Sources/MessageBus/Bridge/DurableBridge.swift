/// A bridge that reads `Port.deliveries`, and loses nothing from its first start on.
public protocol DurableBridge: Bridge {
    /// Stores where each of its readers begins, by `Port.beginDeliveries(in:for:)`.
    ///
    /// Called once, before any bridge of the daemon runs and so before anything can be said. `run`
    /// must do the same again, because a bridge that a reload adds is only run.
    ///
    /// - Throws: an error of the store.
    func begin(_ port: Port) async throws
}
