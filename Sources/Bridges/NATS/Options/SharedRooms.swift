import MessageBus

/// The rooms that instances share: a list, or an object if they have other names there.
package struct SharedRooms: OptionValue {
    /// The names on the other instances, by the names on this one.
    package var names: [String: String]

    /// Makes a table.
    package init(_ names: [String: String]) { self.names = names }

    /// The expectation, for a message about another value.
    package static var expectation: String {
        "a list of rooms, or an object of rooms here and there"
    }

    /// A list of rooms, or the names of rooms there by those here.
    package static var schema: OptionSchema {
        .either([
            .list(of: RoomName.schema, atLeast: 1, isUnique: true),
            .map(of: .pattern("^[a-z0-9_-]{1,32}$"), names: "^[a-z0-9_-]{1,32}$"),
        ])
    }

    /// Returns an example.
    package static func hint(for value: ConfigValue) -> String? {
        "it looks like [\"general\"] or {\"general\": \"casa\"}"
    }

    /// Reads a list or an object, neither of which may be empty or have a room twice.
    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> SharedRooms? {
        switch value.kind {
        case .array(let values) where !values.isEmpty: return decode(values, into: &problems)
        case .object(let members) where !members.isEmpty: return decode(members, into: &problems)
        case .array, .object:
            problems.add("expected at least one room, found none", at: value.location)
            return nil
        default:
            problems.expected(Self.self, found: value)
            return nil
        }
    }

    private static func decode(
        _ values: [ConfigValue], into problems: inout Problems
    ) -> SharedRooms? {
        var names: [String: String] = [:]
        var isGood = true
        for value in values {
            guard let room = RoomName.decode(value, into: &problems)?.text else {
                isGood = false
                continue
            }
            if names.updateValue(room, forKey: room) != nil {
                problems.add("the room \(value.found) is given twice", at: value.location)
                isGood = false
            }
        }
        return isGood ? SharedRooms(names) : nil
    }

    private static func decode(
        _ members: [ConfigValue.Member], into problems: inout Problems
    ) -> SharedRooms? {
        var (names, owners): ([String: String], [String: String]) = ([:], [:])
        var isGood = true
        for member in members {
            if let rooms = problems.rooms, !problems.hasRoom(member.key) {
                let nearest = problems.suggestion(for: member.key, among: rooms)
                problems.add(
                    "there is no room \(member.key.quoted)\(nearest)", at: member.keyLocation)
                isGood = false
            }
            guard let there = member.value.text, RoomName.isAllowed(there) else {
                problems.add(
                    "expected the name of a room, 1–32 of a-z 0-9 _ -, found \(member.value.found)",
                    at: member.value.location)
                isGood = false
                continue
            }
            if let other = owners.updateValue(member.key, forKey: there) {
                problems.add(
                    "\(there.quoted) there is \(other.quoted) here already",
                    at: member.value.location)
                isGood = false
            }
            names[member.key] = there
        }
        return isGood ? SharedRooms(names) : nil
    }

    /// The JSON text.
    package var rendered: String { names.rendered }
}
