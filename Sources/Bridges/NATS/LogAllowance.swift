import TimeUnits

/// The number of lines of one kind that others may cause in a minute: the first ones are logged,
/// the rest is counted.
///
/// `ThrottledLog` logs one line of a cause and its count. Here each of the first lines says
/// something else, one rest is counted for all of them, and its owner decides where the others go:
/// it is a value, and writes nothing. Confined like its owner.
struct LogAllowance: Sendable {
    /// Lines that are logged in a minute.
    private let burst: Int
    private var begun: MonotonicTime?
    private var logged = 0
    private var held = 0

    /// The time in which lines are counted.
    static let window: Duration = .seconds(60)

    /// Makes an allowance that nothing has come to yet.
    init(burst: Int = 1) { self.burst = burst }

    /// Returns whether a line is to be logged; counts it if it is not.
    mutating func admit(at now: MonotonicTime) -> Bool {
        // What is held is told first.
        if let begun, held > 0 || now - begun < Self.window {
            guard logged < burst else {
                held += 1
                return false
            }
            logged += 1
            return true
        }
        (begun, logged) = (now, 1)
        return true
    }

    /// Returns the count of lines that were not logged, once a minute; `nil` if there were none.
    mutating func drainHeldCount(at now: MonotonicTime) -> Int? {
        guard held > 0, let begun, now - begun >= Self.window else { return nil }
        defer { (self.begun, logged, held) = (now, 0, 0) }
        return held
    }
}
