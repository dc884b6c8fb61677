import TimeUnits

/// Another instance, as far as it is known.
struct FleetPeer: Sendable {
    /// The name, as people read it.
    var name: String
    /// A number for its present run.
    var run: String
    /// The start of that run, in milliseconds since 1970.
    var since: Int64
    /// The time at which it was heard last.
    var heard: MonotonicTime
    /// The version of the list of people there.
    var version: Int64 = -1
    /// The people there; true for those whose entry the rooms were told of.
    var people: [FleetPerson: Bool] = [:]
    /// Parts of a list that is not complete yet.
    var parts: [Int: [FleetPerson: Bool]] = [:]
    /// True once it was silent for too long.
    var isGone = false
    /// True if rooms were told that it is.
    var isGoneTold = false
}
