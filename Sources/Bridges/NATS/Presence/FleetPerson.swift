import JSON

/// Somebody on another instance, in a room.
struct FleetPerson: Sendable, Hashable {
    /// The room as the fleet calls it.
    let room: String
    /// The name there, without the bridge.
    let name: String
    /// The bridge there; empty for people of that instance.
    let bridge: String

    /// The JSON form.
    func json(hasNotices: Bool) -> JSON {
        .list([.text(room), .text(name), .text(bridge), .bool(hasNotices)])
    }

    /// Makes somebody.
    init(room: String, name: String, bridge: String) {
        self.room = room
        self.name = name
        self.bridge = bridge
    }

    /// Reads the JSON form; `nil` if it is another.
    init?(_ json: JSON) {
        let parts = json.elements
        guard parts.count >= 3, let room = parts[0].string, let name = parts[1].nonEmptyString,
            let bridge = parts[2].string
        else { return nil }
        self.init(room: room, name: name, bridge: bridge)
    }
}
