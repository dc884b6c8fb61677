import JSON
import MessageBus

/// A request that a program has written: one JSON object.
enum ProgramRequest: Sendable {
    /// A message to publish.
    struct Say: Sendable {
        var text: String
        var name: String?
        var room: String?
        var reply: MessageNumber?
        /// The time at which it was said; `nil` if the program has not told it.
        var time: Timestamp?
        var id: JSON
        var remote: String?
        var checkpoint: [String: String]
    }

    case ready(can: [String])
    case say(Say)
    case ack(MessageNumber, remote: String?)
    case present(String)
    case whisper(String, from: String?, to: String)
    case delete(MessageNumber)
    case log(Log.Level, String)
    /// A request to say something, without a text.
    case wrongSay(id: JSON)
    /// A request of a type that later versions may know.
    case unknown(String)

    /// Reads a line; `nil` if it is not a JSON object with a type and the fields that belong to it.
    init?(_ line: [UInt8]) {
        // Bytes that are not UTF-8 would be repaired to a text that nobody has said.
        guard let json = JSONReader.read(line), json.isObject, let type = json["type"].string,
            let request = Self.request(type, json)
        else { return nil }
        self = request
    }

    private static func request(_ type: String, _ json: JSON) -> ProgramRequest? {
        switch type {
        case "ready": return .ready(can: json["can"].elements.compactMap(\.string))
        case "say": return say(json).map { .say($0) } ?? .wrongSay(id: json["id"])
        case "ack": return number(json["number"]).map { .ack($0, remote: json["remote"].string) }
        case "present": return json["name"].nonEmptyString.map { .present($0) }
        case "whisper":
            guard let to = json["to"].nonEmptyString, let text = json["text"].string else {
                return nil
            }
            return .whisper(text, from: json["from"].nonEmptyString, to: to)
        case "delete": return number(json["number"]).map { .delete($0) }
        case "log":
            let level = json["level"].string.flatMap { Log.Level(rawValue: $0) } ?? .info
            return json["text"].string.map { .log(level, $0) }
        default: return .unknown(type)
        }
    }

    private static func say(_ json: JSON) -> Say? {
        guard let text = json["text"].string else { return nil }
        var say = Say(text: text, id: json["id"], checkpoint: [:])
        say.name = json["from"].nonEmptyString
        say.room = json["room"].nonEmptyString
        say.reply = number(json["reply"]) ?? number(json["reply"]["number"])
        say.time = json["time"].integer.map { Timestamp(milliseconds: $0) }
        say.remote = json["remote"].nonEmptyString
        if case .object(let states) = json["checkpoint"] {
            for case (let key, .text(let state)) in states { say.checkpoint[key] = state }
        }
        return say
    }

    private static func number(_ json: JSON) -> MessageNumber? {
        json.integer.flatMap { UInt64(exactly: $0) }.flatMap { number in
            number > 0 ? MessageNumber(rawValue: number) : nil
        }
    }
}
