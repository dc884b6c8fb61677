/// A connection whose input is acted on in slices of time, so that a flood of it delays its sender
/// and nobody else.
///
/// Confined to the loop of its scheduler.
package protocol ScheduledInput: AnyObject {
    /// Its state in the scheduler's order.
    var inputState: InputScheduler.State { get set }

    /// Goes on with its input until the slice is over; adds itself to the queue if some is left
    /// that the loop does not report.
    func continueInput()
}
