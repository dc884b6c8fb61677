import Chat
import MessageBus

/// The rooms of chats and topics in bridge.json.
package struct ChatRooms: RoomTable {
    private var rooms: [String: RoomName] = [:]
    /// The problems of the entries.
    package var problems = Problems()
    /// The keys of the chats that were read.
    private var known: [ChatLocation: String] = [:]
    /// The entries that name a chat, each with its place in the file, in the file's order.
    private(set) var keyLocations: [(key: String, location: ConfigLocation)] = []

    /// Makes a table of valid entries.
    package init(dictionaryLiteral elements: (String, RoomName)...) {
        rooms = Dictionary(elements) { $1 }
    }

    /// Rooms by the ids of chats, perhaps with topics.
    package static var schema: OptionSchema {
        .map(of: RoomName.schema, names: "^-?[0-9]+(/[0-9]+)?$")
    }

    /// Returns an example.
    package static func hint(for value: ConfigValue) -> String? {
        "it looks like {\"-1001234567890\": \"general\"}"
    }

    /// Reads a chat and its room.
    package mutating func read(_ member: ConfigValue.Member, into problems: inout Problems) {
        let key = member.key.shortened(to: 60).quoted
        if let location = ChatLocation(member.key) {
            if let other = known.updateValue(member.key, forKey: location) {
                problems.add("\(key) is the same chat as \(other.quoted)", at: member.keyLocation)
            } else {
                keyLocations.append((member.key, member.keyLocation))
            }
        } else {
            problems.add(
                "expected a chat's id like -1001234567890, or id/topic, found \(key)",
                at: member.keyLocation)
        }
        rooms[member.key] = RoomName.decode(member.value, into: &problems)
    }

    /// The JSON text.
    package var rendered: String { rooms.rendered }

    /// True if there is no entry.
    var isEmpty: Bool { rooms.isEmpty }

    /// The room of an entry.
    subscript(key: String) -> RoomName? {
        get { rooms[key] }
        set { rooms[key] = newValue }
    }

    /// The rooms by chat or topic.
    var places: [ChatLocation: String] {
        var result: [ChatLocation: String] = [:]
        for (key, room) in rooms { ChatLocation(key).map { result[$0] = room.text } }
        return result
    }
}
