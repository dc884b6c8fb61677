/// The subjects under which instances speak.
///
/// Names of rooms and stores are tokens of subjects as they are: `a-z 0-9 _ -`.
enum FleetSubject {
    /// The subjects that the stream takes.
    static let all = "puente.>"

    /// Returns the subject of what is said in a room of the fleet on an instance.
    static func room(_ room: String, from store: String) -> String { "puente.\(room).\(store)" }

    /// Returns the room and the store of a subject of the stream; `nil` if it is another one.
    static func parse(_ subject: String) -> (room: String, store: String)? {
        let parts = subject.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "puente" else { return nil }
        return (String(parts[1]), String(parts[2]))
    }

    /// Returns whether a subject is one of those that a pattern with `*` and `>` stands for.
    static func matches(_ subject: String, _ pattern: String) -> Bool {
        var parts = subject.split(separator: ".")[...]
        for token in pattern.split(separator: ".") {
            if token == ">" { return !parts.isEmpty }
            guard let part = parts.popFirst(), token == "*" || token == part else { return false }
        }
        return parts.isEmpty
    }

    /// Returns the subject of what an instance tells all others at the moment, or one of them.
    static func live(from store: String, to other: String = "all") -> String {
        "puente-live.\(store).\(other)"
    }
}
