/// A reader of the time: the system's, that of a loop's turn, or one that tests turn by hand.
///
/// Everything that needs the time is given one of these, and reads no clock of its own. Safe from
/// any thread, unless the reader says otherwise.
public protocol TimeSource: Sendable {
    /// Returns the present time of a clock that never jumps.
    func monotonic() -> MonotonicTime
    /// Returns the present moment of the wall clock, which may be set.
    func wall() -> Timestamp
    /// True if a timer of the kernel agrees with it: then a loop may sleep until a time of it.
    var isReal: Bool { get }
}
