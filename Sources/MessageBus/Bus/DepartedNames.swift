/// Names that nobody has any more, with when they were left last.
///
/// Confined to the bus's loop.
struct DepartedNames {
    private struct Departure {
        let key: String
        let time: Int64
    }

    private var times: [String: Int64] = [:]
    /// The same in their order, with some that have been taken or left again since.
    private var departures: [Departure] = []
    private var first = 0

    /// Whether a name is among them.
    func contains(_ key: String) -> Bool { times[key] != nil }

    /// Adds a name, later than all the others.
    mutating func add(_ key: String, at now: Int64) {
        times[key] = now
        departures.append(Departure(key: key, time: now))
    }

    /// Takes a name out, and says whether it was there.
    mutating func remove(_ key: String) -> Bool { times.removeValue(forKey: key) != nil }

    /// Takes out what was left before a time, and the oldest of too many.
    ///
    /// - Parameter action: is called with each.
    mutating func forget(before oldest: Int64, atMost most: Int, _ action: (String) -> Void) {
        // Somebody who goes to and fro between two names has left by two, however often.
        if departures.count - first > 2 * most {
            departures = departures[first...].filter { times[$0.key] == $0.time }
            first = 0
        }
        while first < departures.count, departures[first].time < oldest || times.count > most {
            let departure = departures[first]
            first += 1
            if times[departure.key] == departure.time {
                times[departure.key] = nil
                action(departure.key)
            }
        }
        if first > 1_024, first > departures.count / 2 {
            departures.removeFirst(first)
            first = 0
        }
    }
}
