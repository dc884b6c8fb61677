import Chat
import JSON
import MessageBus

/// The form of a tapped message on the command line.
struct TapLines {
    private let isJSON: Bool

    /// - Parameter isJSON: true for one JSON object a line.
    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Returns the lines of a message.
    func lines(_ message: JSON) -> String {
        let time = Timestamp(milliseconds: message["milliseconds"].integer ?? 0)
        guard !isJSON else { return Self.json(message, time) }
        let number = message["number"].integer ?? 0
        let heading = "#\(number) \(time.inLocalTime) \(message["room"].string ?? "")"
        let lines = Self.texts(message).map { "\(heading)  \($0)" }
        return (lines + Self.steps(message)).joined(separator: "\n")
    }

    /// Returns the line for messages that could not be shown.
    func missed(_ count: Int64) -> String {
        isJSON
            ? "{\"missed\":\(count)}"
            : "… \(count) more \(count == 1 ? "message" : "messages") came too fast to be shown"
    }

    /// Returns the line for programs, with the time in the form that all such lines have.
    private static func json(_ message: JSON, _ time: Timestamp) -> String {
        guard case .object(var members) = message else { return "{}" }
        members["milliseconds"] = nil
        members["time"] = .text(time.inUTC)
        return String(decoding: JSON.object(members).encoded, as: UTF8.self)
    }

    private static func texts(_ message: JSON) -> [String] {
        let sender = (message["sender"].string ?? "").onOneLine
        let bytes = message["bytes"].integer ?? 0
        if let receiver = message["to"].string {
            return ["\(sender) → \(receiver.onOneLine): (private, \(bytes) bytes)"]
        }
        guard let text = message["text"].string else {
            return ["\(sender): (\(bytes) bytes, not shown)"]
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map {
            "\(sender): \(String($0).onOneLine)"
        }
    }

    private static func steps(_ message: JSON) -> [String] {
        var lines = message["steps"].elements.map { step in
            let name = step["step"].string ?? ""
            guard step["action"].string == "dropped" else { return "    changed by \(name)" }
            return "    dropped by \(name): \(reason(step))"
        }
        if message["code"].string != nil { lines.append("    dropped: \(reason(message))") }
        return lines
    }

    private static func reason(_ drop: JSON) -> String {
        let words = (drop["reason"].string ?? "").onOneLine
        return "[\(drop["code"].string ?? "")]\(words.isEmpty ? "" : " \(words)")"
    }
}
