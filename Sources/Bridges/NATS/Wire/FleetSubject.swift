/// The subjects under which instances speak.
///
/// Names of rooms and stores are tokens of subjects as they are: `a-z 0-9 _ -`.
enum FleetSubject {
    /// The subjects that the stream takes.
    static let all = "puente.>"

    /// Returns the subject for messages of a room of the fleet from an instance.
    static func room(_ room: String, from store: String) -> String { "puente.\(room).\(store)" }

    /// Returns the room and the store of a subject of the stream; `nil` if it is another one.
    static func parse(_ subject: String) -> (room: String, store: String)? {
        let parts = subject.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "puente" else { return nil }
        return (String(parts[1]), String(parts[2]))
    }

    /// Returns whether a subject matches a pattern with `*` and `>`.
    static func matches(_ subject: String, _ pattern: String) -> Bool {
        var parts = subject.split(separator: ".")[...]
        for token in pattern.split(separator: ".") {
            if token == ">" { return !parts.isEmpty }
            guard let part = parts.popFirst(), token == "*" || token == part else { return false }
        }
        return parts.isEmpty
    }

    /// Returns the subject for messages about the present moment from an instance to all others, or
    /// to one.
    static func live(from store: String, to other: String = "all") -> String {
        "puente-live.\(store).\(other)"
    }
}
