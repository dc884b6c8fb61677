import MessageBus

/// The rooms of a configuration, which exist by being named here.
struct NewRooms: OptionValue {
    var names: [String]

    static var expectation: String { "a list of names of rooms" }

    static var schema: OptionSchema {
        .list(of: RoomName.schema, atLeast: 1, isUnique: true)
    }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> NewRooms? {
        guard case .array(let elements) = value.kind else {
            let name = value.text.flatMap { RoomName.isAllowed($0) ? $0 : nil }
            if value.shownAs != nil {
                problems.expected(Self.self, found: value)
            } else {
                let hint = name.map { "; write [\($0.quoted)]" }
                problems.expected(expectation, found: value, suggestion: hint ?? "")
            }
            return nil
        }
        if elements.isEmpty {
            problems.add("expected at least one room, found an empty list", at: value.location)
            return nil
        }
        var names: [String] = []
        var seen: Set<String> = []
        for element in elements {
            guard let name = element.text, RoomName.isAllowed(name) else {
                problems.expected(
                    "a room's name, 1–32 of a-z 0-9 _ -", found: element,
                    suggestion: suggestion(for: element))
                continue
            }
            if !seen.insert(name).inserted {
                problems.add("the room \(element.found) is given twice", at: element.location)
                continue
            }
            names.append(name)
        }
        return names.count == elements.count ? NewRooms(names: names) : nil
    }

    /// Suggests the name in lower case, without `#`, with `-` in place of spaces.
    private static func suggestion(for element: ConfigValue) -> String {
        guard let text = element.text, element.shownAs == nil, text.utf8.count <= 40 else {
            return ""
        }
        let name = String(
            text.lowercased().drop { $0 == "#" }.map { $0.isWhitespace ? "-" : $0 })
        return RoomName.isAllowed(name) ? "; did you mean \(name.quoted)?" : ""
    }

    var rendered: String { names.rendered }
}
