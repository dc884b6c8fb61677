/// The handler of a descriptor's events.
///
/// Confined to the loop.
public protocol EventHandler: AnyObject {
    /// Called when the descriptor can be read or written, or has failed.
    func handle(_ ready: Readiness)
}
