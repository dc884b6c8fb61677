/// Calls a function on the loop when its time has come.
///
/// Confined to the loop.
///
/// One timer can be set again and again, and costs nothing while it is not set.
public final class LoopTimer {
    /// When it is due, in the loop's nanoseconds; `nil` while it is not set.
    public internal(set) var deadline: Int64?
    var isQueued = false
    let action: () -> Void

    /// Makes a timer that is not set.
    public init(_ action: @escaping () -> Void) { self.action = action }

    /// Takes the setting back.
    public func cancel() { deadline = nil }
}
