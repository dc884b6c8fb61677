import MessageBus

/// The people of this instance, as the other instances are told of them.
///
/// Owned by the task that sends the announcements.
struct OwnPeople {
    private struct Entry: Hashable {
        let room: String
        let identity: UInt64
    }

    private let rooms: FleetRooms
    /// A count of all changes.
    private(set) var version: Int64 = 0
    /// The people here; true for people whose arrival was announced in the rooms.
    private(set) var people: [FleetPerson: Bool] = [:]
    private var identities: [Entry: FleetPerson] = [:]

    /// People in one message.
    private static let part = 1_000

    init(_ rooms: FleetRooms) { self.rooms = rooms }

    /// Records the people who are here now, and returns the changes; `nil` if there are none.
    mutating func update(_ present: [PresentPerson]) -> LiveMessage.Change? {
        var (people, identities): ([FleetPerson: Bool], [Entry: FleetPerson]) = ([:], [:])
        for person in present {
            guard let room = rooms.there[person.room] else { continue }
            let (name, bridge) = FleetNames.parts(of: person.name)
            let shown = FleetPerson(room: room, name: name, bridge: bridge)
            people[shown] = person.hasNotices
            identities[Entry(room: room, identity: person.identity)] = shown
        }
        var change = LiveMessage.Change(version: version + 1)
        var (old, new): (Set<FleetPerson>, Set<FleetPerson>) = ([], [])
        for (entry, person) in identities {
            guard let before = self.identities[entry], before != person, people[before] == nil,
                self.people[person] == nil
            else { continue }
            change.renamed.append(.init(old: before, new: person))
            old.insert(before)
            new.insert(person)
        }
        for (person, hasNotices) in people where self.people[person] == nil {
            if !new.contains(person) { change.entered[person] = hasNotices }
        }
        change.left = self.people.keys.filter { people[$0] == nil && !old.contains($0) }
        (self.people, self.identities) = (people, identities)
        if change.entered.isEmpty, change.left.isEmpty, change.renamed.isEmpty { return nil }
        version += 1
        return change
    }

    /// All people, in parts.
    var parts: [LiveMessage.People] {
        let all = people.map { ($0, $1) }
        let count = max(1, (all.count + Self.part - 1) / Self.part)
        return (0..<count).map { index in
            let part = all.dropFirst(index * Self.part).prefix(Self.part)
            return LiveMessage.People(
                version: version, part: index, parts: count,
                people: Dictionary(part.map { ($0.0, $0.1) }) { $1 })
        }
    }
}
