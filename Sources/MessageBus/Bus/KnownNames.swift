/// The names on the bus that somebody may mean: of those who are here, and of those who have left or
/// changed it within the hour.
///
/// Confined to the bus's loop.
struct KnownNames {
    private struct Departure {
        let key: String
        let time: Int64
    }

    /// Names remembered after their owners have left, at most: a few MB.
    static let mostLeft = 10_000
    /// How long they are remembered, in nanoseconds.
    static let patience: Int64 = 3_600_000_000_000

    private(set) var index = NameIndex()
    /// The names that are remembered, with when they were left last.
    private var left: [String: Int64] = [:]
    /// The same in their order, with some that have been taken or left again since.
    private var departures: [Departure] = []
    private var first = 0

    /// Whether somebody who is gone had this name within the hour.
    mutating func isRemembered(_ key: String, at now: Int64) -> Bool {
        forget(at: now)
        return left[key] != nil
    }

    /// Notes that somebody took a name.
    mutating func take(_ key: String) {
        if left.removeValue(forKey: key) == nil { index.insert(key) }
    }

    /// Notes that nobody has a name any more.
    mutating func leave(_ key: String, at now: Int64) {
        left[key] = now
        departures.append(Departure(key: key, time: now))
        forget(at: now)
    }

    /// Forgets whoever left too long ago, and the oldest of too many.
    mutating func forget(at now: Int64) {
        // Somebody who goes to and fro between two names has left by two, however often.
        if departures.count - first > 2 * Self.mostLeft {
            departures = departures[first...].filter { left[$0.key] == $0.time }
            first = 0
        }
        while first < departures.count,
            departures[first].time + Self.patience < now || left.count > Self.mostLeft
        {
            let departure = departures[first]
            first += 1
            if left[departure.key] == departure.time {
                left[departure.key] = nil
                index.remove(departure.key)
            }
        }
        if first > 1_024, first > departures.count / 2 {
            departures.removeFirst(first)
            first = 0
        }
    }
}
