import Bridges
import Chat
import MessageBus

/// How messages are shown on the command line.
struct MessageLines {
    private let encoder: ChatEncoder
    private let isJSON: Bool

    init(_ language: Language, isJSON: Bool) {
        encoder = ChatEncoder(Phrases(language))
        self.isJSON = isJSON
    }

    /// A message's lines, without the last ending.
    func lines(_ message: Message) -> String {
        isJSON ? Self.json(message) : text(message)
    }

    /// For people: each line as the room saw it, behind `#NUMBER DATE TIME ROOM`.
    private func text(_ message: Message) -> String {
        var bytes: [UInt8] = []
        encoder.append(message, to: &bytes)
        let heading = "#\(message.number) \(message.time.inLocalTime) \(message.room)  "
        return bytes.split(separator: 0x0A)
            .map { heading + String(decoding: $0, as: UTF8.self) }
            .joined(separator: "\n")
    }

    /// For machines: one JSON object.
    static func json(_ message: Message) -> String {
        let text =
            switch message.kind {
            // The name that somebody took is what a change of names says.
            case .rename: message.other?.name ?? ""
            // And the room that somebody went to what a departure says.
            case .leave: message.destination ?? ""
            case .message, .join, .edit: message.text
            }
        let reply = message.reply.map { String($0.number) } ?? "null"
        return """
            {"number":\(message.number),"time":"\(message.time.inUTC)",\
            "received":"\(message.received.inUTC)",\
            "room":\(message.room.quoted),"kind":"\(message.kind)",\
            "sender":\(message.sender.name.quoted),"bridge":\(message.sender.bridge.quoted),\
            "text":\(text.quoted),"replyTo":\(reply)\(origin(message.origin))}
            """
    }

    /// Where a message was before, if that is known: a file and the place in it.
    private static func origin(_ origin: Origin?) -> String {
        guard let origin else { return "" }
        let channel = origin.channel?.quoted ?? "null"
        return ",\"origin\":{\"channel\":\(channel),\"id\":\(origin.remoteID?.quoted ?? "null")}"
    }
}

extension Timestamp {
    /// For people where the program runs: `2026-11-22 13:05:10`.
    var inLocalTime: String {
        var bytes: [UInt8] = []
        LocalTime.append(self, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
