import Chat
import MessageBus

/// The rooms of chats and topics in bridge.json.
///
/// A problem of one entry hides none of another one, nor of other options: all are told together.
package struct ChatRooms: OptionValue, ExpressibleByDictionaryLiteral {
    private var rooms: [String: RoomName] = [:]
    /// The problems of the entries.
    private(set) var problems = Problems()
    /// The entries that name a chat, each with its place in the file, in the file's order.
    private(set) var keyPlaces: [(key: String, location: ConfigLocation)] = []

    /// Makes entries that are right.
    package init(dictionaryLiteral elements: (String, RoomName)...) {
        rooms = Dictionary(elements) { $1 }
    }

    /// The expectation, for a message about another value.
    package static var expectation: String { [String: RoomName].expectation }

    /// Rooms by the ids of chats, perhaps with topics.
    package static var schema: OptionSchema {
        .map(of: RoomName.schema, names: "^-?[0-9]+(/[0-9]+)?$")
    }

    /// Returns an example.
    package static func hint(for value: ConfigValue) -> String? {
        "it looks like {\"-1001234567890\": \"general\"}"
    }

    /// Reads any object.
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
