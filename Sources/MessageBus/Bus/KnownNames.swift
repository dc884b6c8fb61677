/// The names on the bus that somebody may mean: of those who are here, and of those who have left or
/// changed it within the hour.
///
/// Names of those who are here are never forgotten. Of the others there are only so many; so that a
/// flood of new names pushes out none that people know, names that were had for moments only are
/// remembered apart from the rest. Confined to the bus's loop.
struct KnownNames {
    /// Names remembered after their owners have left, at most, and as many again of those who were
    /// here for moments: a few MB.
    static let mostLeft = 10_000
    /// How long they are remembered, in nanoseconds.
    static let patience: Int64 = 3_600_000_000_000
    /// Whoever had a name for less, in nanoseconds, was here for moments: taking ten thousand names
    /// for as long as that needs as many connections.
    static let moments: Int64 = 60_000_000_000

    private(set) var index = NameIndex()
    /// Since when those who are here have had their names; names that count as known at once since
    /// long ago.
    private var present: [String: Int64] = [:]
    private var brief = DepartedNames()
    private var lasting = DepartedNames()

    /// Whether somebody who is gone had this name within the hour.
    mutating func isRemembered(_ key: String, at now: Int64) -> Bool {
        forget(at: now)
        return brief.contains(key) || lasting.contains(key)
    }

    /// Notes that somebody took a name.
    mutating func take(_ key: String, at now: Int64) {
        let wasLasting = lasting.remove(key)
        let wasBrief = brief.remove(key)
        if !wasLasting, !wasBrief, present[key] == nil { index.insert(key) }
        present[key] = wasLasting ? .min : now
    }

    /// Notes that nobody has a name any more.
    mutating func leave(_ key: String, at now: Int64) {
        guard let since = present.removeValue(forKey: key) else { return }
        if since == .min || now - since >= Self.moments {
            lasting.add(key, at: now)
        } else {
            brief.add(key, at: now)
        }
        forget(at: now)
    }

    /// Forgets whoever left too long ago, and the oldest of too many.
    mutating func forget(at now: Int64) {
        let oldest = now - Self.patience
        brief.forget(before: oldest, atMost: Self.mostLeft) { index.remove($0) }
        lasting.forget(before: oldest, atMost: Self.mostLeft) { index.remove($0) }
    }
}
