import TimeUnits

/// A timer that calls a function on the loop.
///
/// Confined to the loop that it is set on; until then it may be handed to any.
///
/// One timer can be set again and again, and costs nothing while it is not set.
public final class LoopTimer {
    /// Time when it fires, by the loop's clock; `nil` while it is not set.
    public internal(set) var deadline: MonotonicTime?
    var isQueued = false
    let action: () -> Void
    #if DEBUG
        /// The loop that it was last set on.
        weak var loop: EventLoop?
    #endif

    /// Makes a timer that is not set.
    public init(_ action: @escaping () -> Void) { self.action = action }

    /// Cancels the timer.
    public func cancel() {
        #if DEBUG
            loop?.assertOwned()
        #endif
        deadline = nil
    }
}
