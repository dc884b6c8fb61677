import Chat
import JSON
import MessageBus

/// Lines that a program reads: one JSON object each, `type` in front.
struct ProgramLine {
    private var bytes: [UInt8] = []

    /// The most bytes of a text that is sent; a longer one is cut.
    static let maxTextBytes = 64 << 10
    /// The version of the format.
    static let version = 1

    private init(_ type: String) {
        bytes.reserveCapacity(256)
        bytes += "{\"type\":\"\(type)\"".utf8
    }

    private mutating func add(_ name: StaticString, _ value: JSON) {
        bytes += ",\"\(name)\":".utf8
        bytes += value.encoded
    }

    private mutating func add(_ name: StaticString, _ text: String) { add(name, .text(text)) }

    private mutating func add(_ name: StaticString, _ number: MessageNumber) {
        bytes += ",\"\(name)\":\(number)".utf8
    }

    private mutating func add(_ name: StaticString, _ count: Int64) {
        bytes += ",\"\(name)\":\(count)".utf8
    }

    /// The line, with its ending.
    private var ended: [UInt8] { bytes + "}\n".utf8 }

    // MARK: - Messages

    /// Returns the line of a message.
    static func message(_ message: Message) -> [UInt8] {
        var line = ProgramLine(type(of: message))
        line.add("number", message.number)
        line.add("time", message.time.milliseconds)
        if !message.isPrivate { line.add("room", message.room) }
        line.add("from", message.sender.name)
        if !message.isPrivate { line.add("bridge", message.sender.bridge) }
        switch message.kind {
        case .message, .edit: line.addText(of: message)
        case .deletion: if let deleted = message.deletedNumber { line.add("of", deleted) }
        case .leave: if let destination = message.destination { line.add("to", destination) }
        case .rename: if let other = message.other { line.add("to", other.name) }
        case .join: break
        }
        if message.isAutomatic { line.add("automatic", .bool(true)) }
        return line.ended
    }

    /// Returns the line of a text that somebody has said, for the kit.
    static func message(
        number: MessageNumber, text: String, room: String, from name: String, bridge: String
    ) -> [UInt8] {
        var line = ProgramLine("message")
        line.add("number", number)
        // Begins at 2026-01-01, and rises by a millisecond per message.
        line.add("time", 1_767_225_600_000 + Int64(clamping: number.rawValue))
        line.add("room", room)
        line.add("from", name)
        line.add("bridge", bridge)
        line.add("text", text)
        return line.ended
    }

    private static func type(of message: Message) -> String {
        switch message.kind {
        case .message: message.isPrivate ? "whisper" : "message"
        case .edit: "edit"
        case .deletion: "delete"
        case .join: "join"
        case .leave: "leave"
        case .rename: "rename"
        }
    }

    private mutating func addText(of message: Message) {
        if message.isPrivate, let other = message.other { add("to", other.name) }
        if let corrected = message.correctedNumber { add("of", corrected) }
        let (text, isCut) = message.body.text(atMost: Self.maxTextBytes)
        add("text", text)
        if let reply = message.reply {
            var object: [String: JSON] = ["from": .text(reply.name), "text": .text(reply.excerpt)]
            if reply.number > 0 {
                object["number"] = .integer(Int64(clamping: reply.number.rawValue))
            }
            add("reply", .object(object))
        }
        if isCut { add("cut", .bool(true)) }
    }

    // MARK: - Others

    /// Returns the first line, which tells the program what it has to know.
    static func hello(
        name: String, room: String, rooms: [String], language: Language,
        checkpoints: [String: String]
    ) -> [UInt8] {
        var line = ProgramLine("hello")
        line.add("version", Int64(version))
        line.add("name", name)
        line.add("room", room)
        line.add("rooms", .list(rooms.map { .text($0) }))
        line.add("language", language.rawValue)
        line.add("checkpoints", .object(checkpoints.mapValues { .text($0) }))
        return line.ended
    }

    /// Returns the answer to a `say`.
    ///
    /// - Parameters:
    ///   - id: the program's own name for it; null if it had none.
    ///   - number: the number of the message; `nil` if it could not be judged.
    static func said(_ id: JSON, _ number: MessageNumber?, _ verdict: Verdict) -> [UInt8] {
        var line = ProgramLine("said")
        if id.isPresent { line.add("id", id) }
        if let number { line.add("number", number) }
        switch verdict {
        case .pass: line.add("verdict", "pass")
        case .drop(let reason, let code, _):
            line.add("verdict", "drop")
            line.add("code", code)
            line.add("reason", reason)
        }
        return line.ended
    }

    /// Returns the line that says how many messages or answers are missing.
    ///
    /// - Parameter room: the room of the messages; `nil` for answers.
    static func skipped(_ count: UInt64, room: String?) -> [UInt8] {
        var line = ProgramLine("skipped")
        line.add("count", Int64(clamping: count))
        if let room { line.add("room", room) }
        return line.ended
    }

    /// The line that asks the program to end.
    static let stop = ProgramLine("stop").ended
}
