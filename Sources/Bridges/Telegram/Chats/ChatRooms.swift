import Chat
import MessageBus

/// Which rooms chats and topics belong to, as bridge.json says it.
///
/// What is wrong with one entry hides nothing that is wrong with another one, nor with other
/// options: it is told when those are looked at too.
package struct ChatRooms: OptionValue, ExpressibleByDictionaryLiteral {
    private var rooms: [String: RoomName] = [:]
    /// What is wrong with the entries.
    private(set) var problems = Problems()
    /// The entries that name a chat, and where in the file, in its order.
    private(set) var keyPlaces: [(key: String, location: ConfigLocation)] = []

    /// Makes entries that are right.
    package init(dictionaryLiteral elements: (String, RoomName)...) {
        rooms = Dictionary(elements) { $1 }
    }

    /// In words.
    package static var expectation: String { [String: RoomName].expectation }

    /// How it looks.
    package static func hint(for value: ConfigValue) -> String? {
        "it looks like {\"-1001234567890\": \"general\"}"
    }

    /// Takes any object.
    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> ChatRooms? {
        guard case .object(let members) = value.kind else {
            problems.expected(Self.self, found: value)
            return nil
        }
        var result: ChatRooms = [:]
        var found = problems.cleared
        var seen: [ChatLocation: String] = [:]
        for member in members {
            let key = member.key.shortened(to: 60).quoted
            if let location = ChatLocation(member.key) {
                if let other = seen.updateValue(member.key, forKey: location) {
                    found.add(
                        "\(key) is the same chat as \(other.quoted)", at: member.keyPlace)
                } else {
                    result.keyPlaces.append((member.key, member.keyPlace))
                }
            } else {
                found.add(
                    "expected a chat's id like -1001234567890, or id/topic, found \(key)",
                    at: member.keyPlace)
            }
            result.rooms[member.key] = RoomName.decode(member.value, into: &found)
        }
        result.problems = found
        return result
    }

    /// As JSON.
    package var rendered: String { rooms.rendered }

    /// Tells whether no chat belongs to any room.
    var isEmpty: Bool { rooms.isEmpty }

    /// The room of an entry.
    subscript(key: String) -> RoomName? {
        get { rooms[key] }
        set { rooms[key] = newValue }
    }

    /// The rooms by place.
    var places: [ChatLocation: String] {
        var result: [ChatLocation: String] = [:]
        for (key, room) in rooms { ChatLocation(key).map { result[$0] = room.text } }
        return result
    }
}
