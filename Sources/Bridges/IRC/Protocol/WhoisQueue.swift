import TimeUnits

/// Nicks about which the server is to be asked whether they are bots, one after another.
struct WhoisQueue: Sendable {
    /// The most nicks that wait; the server is not asked about further ones.
    private static let bound = 64
    /// The time between two questions, so that they do not count as a flood.
    private static let pause: Duration = .seconds(2)

    private var nicks: [String] = []
    private var nextAt = MonotonicTime.distantPast

    /// Adds a nick; returns false if too many wait.
    mutating func enqueue(_ nick: String) -> Bool {
        guard nicks.count < Self.bound else { return false }
        nicks.append(nick)
        return true
    }

    /// Returns the nick to ask for now; `nil` if there is none, or it is too soon.
    mutating func next(_ now: MonotonicTime) -> String? {
        guard !nicks.isEmpty, now >= nextAt else { return nil }
        nextAt = now + Self.pause
        return nicks.removeFirst()
    }
}
