import JSON
import MessageBus

/// The answer to `hello`: the client's name and rooms.
struct WelcomeMessage {
    /// A room of the instance.
    struct RoomState {
        let name: String
        /// The number of the newest event, before the person entered.
        let last: MessageNumber
        let people: Int
        /// The number up to which the person has read, on any device; `nil` if that is not known.
        let seen: MessageNumber?
        /// True if the room has no event with the last number that the client has seen.
        let isLost: Bool
    }

    let name: String?
    let instance: String
    let version: String
    /// The identity of the bus: without a store, another bus begins numbers anew.
    let run: String
    let language: Language
    let isLoginRequired: Bool
    let role: Role?
    let isStored: Bool
    let rooms: [RoomState]
    /// Characters of a text at most.
    let maxText: Int

    /// The frame.
    var frame: [UInt8] {
        ServerMessage.frame(
            .object([
                "type": .text("welcome"), "name": name.map { .text($0) } ?? .null,
                "instance": .text(instance), "version": .text(version),
                "run": .text(run),
                "language": .text(language.rawValue),
                "accounts": .text(isLoginRequired ? "required" : "open"),
                "role": role.map { .text($0.rawValue) } ?? .null,
                "isStored": .bool(isStored), "rooms": .list(rooms.map(Self.json)),
                "limits": .object(["text": .integer(Int64(maxText))]),
            ]))
    }

    private static func json(_ room: RoomState) -> JSON {
        var fields: [String: JSON] = [
            "name": .text(room.name), "last": ServerMessage.number(room.last),
            "people": .integer(Int64(room.people)),
        ]
        if let seen = room.seen { fields["seen"] = ServerMessage.number(seen) }
        if room.isLost { fields["isLost"] = .bool(true) }
        return .object(fields)
    }
}
