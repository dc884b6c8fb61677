import TimeUnits

/// The names that people may use for somebody: those of everybody here, and those that somebody
/// gave up within the hour by leaving or changing names.
///
/// Names of people who are here are never forgotten. Of the others a bounded number is kept; so
/// that a flood of new names pushes out none that people know, names that were held only for
/// moments are remembered apart from the rest. Confined to the bus's loop.
struct KnownNames {
    /// The most given-up names to remember, and as many again of those that were held for moments:
    /// a few MB.
    static let maxDeparted = 10_000
    /// Time to remember a given-up name.
    static let lifetime: Duration = .seconds(3_600)
    /// The shortest time after which a name counts as held for more than moments:
    /// holding ten thousand names for as long takes as many connections.
    static let minLastingTime: Duration = .seconds(60)

    private(set) var index = NameIndex()
    /// Times since which people here have had their names; names that count as known at once have a
    /// time long ago.
    private var present: [String: MonotonicTime] = [:]
    private var brief = DepartedNames()
    private var lasting = DepartedNames()

    /// Returns whether somebody who has left had this name within the hour.
    mutating func isRemembered(_ key: String, at now: MonotonicTime) -> Bool {
        forget(at: now)
        return brief.contains(key) || lasting.contains(key)
    }

    /// Records that somebody has taken a name.
    mutating func occupy(_ key: String, at now: MonotonicTime) {
        let wasLasting = lasting.remove(key)
        let wasBrief = brief.remove(key)
        if !wasLasting, !wasBrief, present[key] == nil { index.insert(key) }
        present[key] = wasLasting ? .distantPast : now
    }

    /// Records that nobody has a name any more.
    mutating func release(_ key: String, at now: MonotonicTime) {
        guard let since = present.removeValue(forKey: key) else { return }
        if now - since >= Self.minLastingTime {
            lasting.append(key, at: now)
        } else {
            brief.append(key, at: now)
        }
        forget(at: now)
    }

    /// Forgets the names that were given up too long ago, and the oldest if there are too many.
    mutating func forget(at now: MonotonicTime) {
        let oldest = now - Self.lifetime
        brief.forget(before: oldest, atMost: Self.maxDeparted) { index.remove($0) }
        lasting.forget(before: oldest, atMost: Self.maxDeparted) { index.remove($0) }
    }
}
