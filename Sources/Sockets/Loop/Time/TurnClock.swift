/// The time of a loop's present turn: the same as long as the turn lasts, and read from no clock.
///
/// To be asked on the loop only.
package struct TurnClock: TimeSource {
    private let loop: EventLoop

    /// Makes the clock of a loop's turns.
    package init(_ loop: EventLoop) { self.loop = loop }

    /// `EventLoop.now`.
    package func monotonic() -> MonotonicTime { loop.now }

    /// `EventLoop.wallTime`.
    package func wall() -> Timestamp { loop.wallTime }

    /// False: it stands still during a turn.
    package var isReal: Bool { false }
}
