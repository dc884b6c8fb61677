import TimeUnits

/// Lines of one kind that others can cause without end: the first ones of a minute are logged, the rest
/// is counted.
struct LogThrottle: Sendable {
    /// Lines that are logged in a minute.
    private let burst: Int
    private var begun: MonotonicTime?
    private var logged = 0
    private var held = 0

    /// The time in which lines are counted.
    static let window: Duration = .seconds(60)

    /// Makes a throttle that nothing has come to yet.
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
    mutating func takeHeld(at now: MonotonicTime) -> Int? {
        guard held > 0, let begun, now - begun >= Self.window else { return nil }
        defer { (self.begun, logged, held) = (now, 0, 0) }
        return held
    }
}
