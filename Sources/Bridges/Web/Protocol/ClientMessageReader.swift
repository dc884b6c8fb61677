import JSON
import MessageBus

/// A reader of the messages that clients send.
///
/// Unknown fields are ignored. A field that is null counts as missing.
struct ClientMessageReader {
    /// Characters of the id of a text: random, so that no two are the same.
    static let idLength = 1...64
    /// Texts of one answer to `history`.
    static let historyCount = 1...200
    /// Rooms in one `hello`: more than any instance has.
    private static let maxRooms = 10_000

    private let json: JSON
    private let type: ClientMessageType
    private let id: String?

    /// Reads a message, given as the UTF-8 bytes of a frame.
    static func read(_ bytes: [UInt8]) throws(MessageProblem) -> ClientMessage {
        guard let json = JSONReader.read(bytes), json.isObject else {
            throw MessageProblem(kind: .notObject)
        }
        let id = json["id"].string.flatMap { isID($0) ? $0 : nil }
        guard let type = json["type"].string.flatMap(ClientMessageType.init) else {
            throw MessageProblem(kind: .unknownType, id: id)
        }
        return try ClientMessageReader(json: json, type: type, id: id).message()
    }

    private func message() throws(MessageProblem) -> ClientMessage {
        switch type {
        case .hello: .hello(try hello())
        case .say:
            .say(
                ClientMessage.Say(
                    room: try text("room"), text: try text("text"), id: try requiredID(),
                    reply: try number("reply")))
        case .whisper:
            .whisper(
                ClientMessage.Whisper(
                    to: try text("to"), text: try text("text"), id: try requiredID()))
        case .enter: .enter(room: try text("room"))
        case .leave: .leave(room: try text("room"))
        case .rename: .rename(name: try text("name"))
        case .login: .logIn(try credentials())
        case .register: .register(try credentials())
        case .password: .changePassword(old: try text("password"), new: try text("new"))
        case .delete: .delete(number: try requiredNumber("number"))
        case .history: .history(try history())
        case .search: .search(words: try text("words"), room: try optionalText("room"))
        case .people: .people(room: try text("room"))
        case .seen: .seen(room: try text("room"), number: try requiredNumber("number"))
        case .bye: .bye(isSoon: try bool("soon"))
        case .unregister: .unregister(password: try text("password"))
        case .command: .command(line: try text("line"), room: try optionalText("room"))
        }
    }

    private func hello() throws(MessageProblem) -> ClientMessage.Hello {
        let session = try text("session")
        guard SessionID.isValid(session) else { throw wrong("session", .session) }
        let language = try optionalText("language")
        if let language, Language(rawValue: language) == nil { throw wrong("language", .language) }
        return ClientMessage.Hello(
            session: session, name: try optionalText("name"),
            password: try optionalText("password"), rooms: try rooms(),
            whispers: try number("whispers"), language: language)
    }

    private func rooms() throws(MessageProblem) -> [String: MessageNumber?] {
        let value = json["rooms"]
        guard value.isPresent else { return [:] }
        guard case .object(let members) = value, members.count <= Self.maxRooms else {
            throw wrong("rooms", .object)
        }
        var rooms: [String: MessageNumber?] = [:]
        for (room, last) in members {
            if !last.isPresent {
                rooms[room] = .some(nil)
            } else if let number = Self.number(last) {
                rooms[room] = number
            } else {
                throw wrong("rooms", .number)
            }
        }
        return rooms
    }

    private func history() throws(MessageProblem) -> ClientMessage.History {
        let room = try optionalText("room")
        let person = try optionalText("with")
        let conversation: ClientMessage.History.Conversation
        switch (room, person) {
        case (let room?, nil): conversation = .room(room)
        case (nil, let person?): conversation = .person(person)
        default: throw wrong("room", .roomOrPerson)
        }
        guard json["count"].isPresent else { throw missing("count") }
        guard let count = json["count"].integer.map(Int.init), Self.historyCount.contains(count)
        else { throw wrong("count", .range(Self.historyCount)) }
        return ClientMessage.History(
            conversation: conversation, before: try number("before"), count: count)
    }

    private func credentials() throws(MessageProblem) -> ClientMessage.Credentials {
        ClientMessage.Credentials(name: try text("name"), password: try text("password"))
    }

    // MARK: - Fields

    private func text(_ field: String) throws(MessageProblem) -> String {
        guard let text = try optionalText(field) else { throw missing(field) }
        return text
    }

    private func optionalText(_ field: String) throws(MessageProblem) -> String? {
        let value = json[field]
        guard value.isPresent else { return nil }
        guard let text = value.string else { throw wrong(field, .text) }
        return text
    }

    private func requiredID() throws(MessageProblem) -> String {
        let text = try text("id")
        guard Self.isID(text) else { throw wrong("id", .length(Self.idLength)) }
        return text
    }

    private func requiredNumber(_ field: String) throws(MessageProblem) -> MessageNumber {
        guard let number = try number(field) else { throw missing(field) }
        return number
    }

    private func number(_ field: String) throws(MessageProblem) -> MessageNumber? {
        let value = json[field]
        guard value.isPresent else { return nil }
        guard let number = Self.number(value) else { throw wrong(field, .number) }
        return number
    }

    private func bool(_ field: String) throws(MessageProblem) -> Bool {
        switch json[field] {
        case .null: false
        case .bool(let value): value
        default: throw wrong(field, .truth)
        }
    }

    private static func number(_ value: JSON) -> MessageNumber? {
        value.integer.flatMap { UInt64(exactly: $0).map(MessageNumber.init(rawValue:)) }
    }

    /// Returns whether a text can be an id: 1 to 64 characters without controls.
    static func isID(_ text: String) -> Bool {
        // No character has fewer bytes than one, and few of an id's have more than four.
        text.utf8.count <= 4 * idLength.upperBound && idLength.contains(text.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private func missing(_ field: String) -> MessageProblem {
        MessageProblem(kind: .missing(field: field), type: type, id: id)
    }

    private func wrong(
        _ field: String, _ expected: MessageProblem.Expectation
    ) -> MessageProblem {
        MessageProblem(kind: .wrong(field: field, expected: expected), type: type, id: id)
    }
}
