// Whoever has a clock to turn has its times.
@_exported import TimeUnits

extension MonotonicTime {
    /// The beginning of a clock that a test turns.
    package static let start = MonotonicTime(nanoseconds: 0)

    /// Returns the time at which such a clock has been turned so far.
    package static func after(_ span: Duration) -> MonotonicTime { start + span }
}
