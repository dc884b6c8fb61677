import MessageBus

/// The outgoing half of a connection, which sends and closes at the end of the loop's turn.
///
/// Confined to the bus's loop.
package protocol ScheduledStream: AnyObject {
    /// Sends what was queued in this turn.
    func sendScheduled()

    /// Closes now.
    func close(_ bus: isolated Bus)
}
