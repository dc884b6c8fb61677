import Chat
import JSON
import MessageBus

/// The messages to one client that are not events of a room: answers, and lists.
enum ServerMessage {
    /// Returns an answer that something is done.
    static func ok(_ request: RequestName, _ text: String = "", number: MessageNumber? = nil)
        -> [UInt8]
    {
        frame("ok", request, code: "ok", text, number: number)
    }

    /// Returns an answer that something is not done, and why.
    static func refused(_ request: RequestName, code: String, _ text: String) -> [UInt8] {
        frame("refused", request, code: code, text)
    }

    private static func frame(
        _ type: String, _ request: RequestName, code: String, _ text: String,
        number: MessageNumber? = nil
    ) -> [UInt8] {
        var fields: [String: JSON] = [
            "type": .text(type), "code": .text(code), "text": .text(text),
        ]
        switch request {
        case .id(let id): fields["id"] = .text(id)
        case .type(let type): fields["of"] = .text(type.rawValue)
        case .unknown: break
        }
        if let number { fields["number"] = Self.number(number) }
        return frame(.object(fields))
    }

    /// Returns the message that says how many of a room's events were left out.
    static func skipped(_ count: Int, in room: String) -> [UInt8] {
        frame(
            .object([
                "type": .text("skipped"), "room": .text(room), "count": .integer(Int64(count)),
            ]))
    }

    /// Returns the message with a text for this client alone.
    static func info(_ text: String) -> [UInt8] {
        frame(
            .object([
                "type": .text("ok"), "code": .text(AnswerCode.info.rawValue),
                "text": .text(text),
            ]))
    }

    /// Returns the message with an announcement that an admin makes to everybody.
    static func announcement(_ text: String) -> [UInt8] {
        frame(
            .object([
                "type": .text("ok"), "code": .text(AnswerCode.announce.rawValue),
                "text": .text(text),
            ]))
    }

    /// Returns the people in a room.
    static func people(_ people: [Person], in room: Room) -> [UInt8] {
        let list: [JSON] = people.map { person in
            .object([
                "name": .text(person.sender.name),
                "bridge": .text(person.bridges(in: room).first ?? person.sender.bridge),
                "account": .bool(person.account != nil),
            ])
        }
        return frame(
            .object(["type": .text("people"), "room": .text(room.name), "people": .list(list)]))
    }

    /// Returns the beginning of a list of earlier messages, up to the first of them.
    ///
    /// - Parameters:
    ///   - type: `history` or `search`.
    ///   - conversation: the field that names the conversation, `room` or `with`, and its value.
    static func listStart(_ type: String, _ conversation: (field: String, value: String)?)
        -> [UInt8]
    {
        var json = Array("{\"type\":\"\(type)\",".utf8)
        if let conversation {
            json += "\"\(conversation.field)\":".utf8
            json += JSON.text(conversation.value).encoded
            json.append(UInt8(ascii: ","))
        }
        return json + "\"messages\":[".utf8
    }

    /// Returns the end of a list of earlier messages.
    static func listEnd(isComplete: Bool) -> [UInt8] {
        Array("],\"isComplete\":\(isComplete)}".utf8)
    }

    /// Returns a frame with an object, whose null fields are kept.
    static func frame(_ json: JSON) -> [UInt8] { WebSocketTextFrame.make(json.encodedWithNulls) }

    /// Returns a number as JSON.
    static func number(_ number: MessageNumber) -> JSON {
        .integer(Int64(clamping: number.rawValue))
    }
}
