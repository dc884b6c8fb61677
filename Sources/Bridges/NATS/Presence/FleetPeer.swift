/// Another instance, as far as it is known.
struct FleetPeer: Sendable {
    /// The name, as people read it.
    var name: String
    /// A number for its present run.
    var run: String
    /// When that has begun, in milliseconds since 1970.
    var since: Int64
    /// Milliseconds, by the thread's clock, at which it was heard last.
    var heard: Int64
    /// The version of who is there.
    var version: Int64 = -1
    /// Who is there; with true for those of whose entry the rooms were told.
    var people: [FleetPerson: Bool] = [:]
    /// Parts of a list that is not complete yet.
    var parts: [Int: [FleetPerson: Bool]] = [:]
    /// True once it was silent for too long.
    var isGone = false
    /// True if rooms were told that it is.
    var isGoneTold = false
}
