import Chat
import JSON
import MessageBus

/// The encoder of request bodies: by the template, or in the format of `exec`.
struct RequestBodyEncoder: Sendable {
    let template: BodyTemplate?
    /// True if several messages go out at once, so that each body is a list.
    let isBatch: Bool
    /// The name of this instance.
    let instance: String

    /// The most bytes of a text that is sent; a longer one is cut.
    static let maxTextBytes = 64 << 10

    /// Returns whether a message of this kind is sent: a template is for texts only.
    func encodes(_ message: Message) -> Bool {
        switch message.kind {
        case .message, .edit: true
        case .join, .leave, .rename, .deletion: template == nil
        }
    }

    /// Returns the body of a request.
    func body(of messages: [Message]) -> [UInt8] {
        let values = messages.map(json)
        // A batch of an earlier run may have several although one at a time is wanted by now.
        let isList = isBatch || values.count > 1
        return (isList ? .list(values) : values.first ?? .null).encodedWithNulls
    }

    private func json(_ message: Message) -> JSON {
        template.map { $0.json { value($0, of: message) } } ?? line(message)
    }

    private func value(_ field: BodyTemplate.Field, of message: Message) -> JSON {
        switch field {
        case .text:
            .text(
                (message.kind == .edit ? "[✎] " : "")
                    + message.body.text(atMost: Self.maxTextBytes).text)
        case .name: .text(message.sender.name)
        case .room: .text(message.room)
        case .number: Self.number(message.number)
        case .time: .integer(message.time.milliseconds)
        case .bridge: .text(message.sender.bridge)
        case .instance: .text(instance)
        }
    }

    private static func number(_ number: MessageNumber) -> JSON {
        .integer(Int64(clamping: number.rawValue))
    }

    // MARK: - As exec's

    private func line(_ message: Message) -> JSON {
        var members: [String: JSON] = [
            "type": .text(Self.type(of: message.kind)), "number": Self.number(message.number),
            "time": .integer(message.time.milliseconds), "room": .text(message.room),
            "from": .text(message.sender.name), "bridge": .text(message.sender.bridge),
        ]
        switch message.kind {
        case .message, .edit:
            let (text, isCut) = message.body.text(atMost: Self.maxTextBytes)
            members["text"] = .text(text)
            if isCut { members["cut"] = .bool(true) }
            if let corrected = message.correctedNumber { members["of"] = Self.number(corrected) }
            members["reply"] = message.reply.map(Self.reply)
        case .deletion: members["of"] = message.deletedNumber.map(Self.number)
        case .leave: members["to"] = message.destination.map { .text($0) }
        case .rename: members["to"] = message.other.map { .text($0.name) }
        case .join: break
        }
        if message.isAutomatic { members["automatic"] = .bool(true) }
        return .object(members)
    }

    private static func type(of kind: Message.Kind) -> String {
        switch kind {
        case .message: "message"
        case .edit: "edit"
        case .deletion: "delete"
        case .join: "join"
        case .leave: "leave"
        case .rename: "rename"
        }
    }

    private static func reply(_ quotation: Quotation) -> JSON {
        var members: [String: JSON] = [
            "from": .text(quotation.name), "text": .text(quotation.excerpt),
        ]
        if quotation.number > 0 { members["number"] = number(quotation.number) }
        return .object(members)
    }
}
