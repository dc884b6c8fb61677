import TimeUnits

/// Another instance, with the known facts about it.
struct FleetPeer: Sendable {
    /// The name, as people read it.
    var name: String
    /// A number for its present run.
    var run: String
    /// The start of that run.
    var since: Timestamp
    /// The time at which the instance was last heard.
    var heard: MonotonicTime
    /// The version of the list of people there.
    var version: Int64 = -1
    /// The people there; true for people whose arrival was announced in the rooms.
    var people: [FleetPerson: Bool] = [:]
    /// Parts of a list that is not complete yet.
    var parts: [Int: [FleetPerson: Bool]] = [:]
    /// True once the instance has been silent for too long.
    var isGone = false
    /// True if the rooms were told so.
    var isGoneTold = false
}
