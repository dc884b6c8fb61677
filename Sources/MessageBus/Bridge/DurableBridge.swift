/// A bridge that reads `Port.deliveries`, and loses nothing from its first start on.
public protocol DurableBridge: Bridge {
    /// Stores where each of its readers begins, by `Port.beginDeliveries(in:for:)`.
    ///
    /// Called once before any bridge of the daemon is run, so that nothing is said before. `run` does
    /// the same again: a bridge that a reload adds is only run.
    ///
    /// - Throws: an error of the store.
    func begin(_ port: Port) async throws
}
