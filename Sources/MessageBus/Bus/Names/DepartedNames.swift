import TimeUnits

/// Names that nobody has any more, each with the time it was last given up.
///
/// Confined to the bus's loop.
struct DepartedNames {
    private struct Departure {
        let key: String
        let time: MonotonicTime
    }

    private var times: [String: MonotonicTime] = [:]
    /// The names in the order in which they were given up, with some that have been taken or given
    /// up again since.
    private var departures: [Departure] = []
    private var first = 0

    /// Returns whether a name is among them.
    func contains(_ key: String) -> Bool { times[key] != nil }

    /// Adds a name, later than all others.
    mutating func append(_ key: String, at now: MonotonicTime) {
        times[key] = now
        departures.append(Departure(key: key, time: now))
    }

    /// Removes a name and returns whether it was there.
    mutating func remove(_ key: String) -> Bool { times.removeValue(forKey: key) != nil }

    /// Removes the names given up before a time, and the oldest if there are too many.
    ///
    /// - Parameter action: is called with each removed name.
    mutating func forget(before oldest: MonotonicTime, atMost most: Int, _ action: (String) -> Void)
    {
        // Somebody who switches back and forth between two names gives up only two, however often.
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
