import Bridges
import Chat
import MessageBus

/// The form of messages on the command line.
struct MessageLines {
    private let encoder: ChatEncoder
    private let isJSON: Bool

    init(_ language: Language, isJSON: Bool) {
        encoder = ChatEncoder(Phrases(language))
        self.isJSON = isJSON
    }

    /// Returns the lines of a message, without the last ending.
    func lines(_ message: Message) -> String {
        isJSON ? Self.json(message) : text(message)
    }

    /// Returns the lines for people: each as the room saw it, after `#NUMBER DATE TIME ROOM`.
    private func text(_ message: Message) -> String {
        var bytes: [UInt8] = []
        encoder.append(message.listed, to: &bytes)
        let heading = "#\(message.number) \(message.time.inLocalTime) \(message.room)  "
        return bytes.split(separator: 0x0A)
            .map { heading + String(decoding: $0, as: UTF8.self) }
            .joined(separator: "\n")
    }

    /// Returns the line for programs: one JSON object.
    static func json(_ message: Message) -> String {
        let text =
            switch message.kind {
            // The text of a rename is the new name.
            case .rename: message.other?.name ?? ""
            // The text of a leave is the room that the person went to.
            case .leave: message.destination ?? ""
            case .message, .join, .edit, .deletion: message.deleter == nil ? message.text : ""
            }
        let reply = message.reply.map { String($0.number) } ?? "null"
        return """
            {"number":\(message.number),"time":"\(message.time.inUTC)",\
            "received":"\(message.received.inUTC)",\
            "room":\(message.room.quoted),"kind":"\(message.kind)",\
            "sender":\(message.sender.name.quoted),"bridge":\(message.sender.bridge.quoted),\
            "text":\(text.quoted),"replyTo":\(reply)\(deleter(message))\(origin(message.origin))}
            """
    }

    /// Returns the JSON member that names the person who deleted a message; empty if nobody has.
    private static func deleter(_ message: Message) -> String {
        message.deleter.map { ",\"deletedBy\":\($0.quoted)" } ?? ""
    }

    /// Returns the JSON member with the origin of a message, such as a file and the position in it;
    /// empty if the origin is unknown.
    private static func origin(_ origin: Origin?) -> String {
        guard let origin else { return "" }
        let channel = origin.channel?.quoted ?? "null"
        return ",\"origin\":{\"channel\":\(channel),\"id\":\(origin.remoteID?.quoted ?? "null")}"
    }
}
