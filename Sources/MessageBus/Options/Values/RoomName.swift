/// The name of a room that has to exist.
public struct RoomName: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Makes a name of a text, which is not checked.
    public init(_ text: String) {
        self.text = text
    }

    /// The name.
    public var description: String { text }

    /// Returns whether a room can have the name: 1–32 of `a-z 0-9 _ -`.
    package static func isAllowed(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x61...0x7A, 0x30...0x39, 0x5F, 0x2D: true
                default: false
                }
            }
    }
}

extension RoomName: OptionValue {
    /// In words.
    public static var expectation: String { "the name of a room" }
    /// In words.
    public static var pluralExpectation: String { "names of rooms" }

    /// A name that a room can have.
    public static var schema: OptionSchema { .pattern("^[a-z0-9_-]{1,32}$") }

    /// Decodes the name of an existing room.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> RoomName? {
        guard let text = value.text else {
            problems.expected(Self.self, found: value)
            return nil
        }
        if let rooms = problems.rooms, !problems.hasRoom(text) {
            let nearest = problems.suggestion(for: text, among: rooms)
            problems.add("there is no room \(value.found)\(nearest)", at: value.location)
            return nil
        }
        return RoomName(text)
    }

    /// As JSON.
    public var rendered: String { text.quoted }
}
