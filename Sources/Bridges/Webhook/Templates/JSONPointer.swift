import JSON
import MessageBus

/// A place in a JSON text (RFC 6901): `/repository/full_name`.
package struct JSONPointer: Sendable, Hashable {
    private let steps: [String]
    private let text: String

    /// Reads a pointer; `nil` if it is not one, or points to the whole text.
    init?(_ text: some StringProtocol) {
        guard text.hasPrefix("/") else { return nil }
        var steps: [String] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let step = Self.unescaped(part) else { return nil }
            steps.append(step)
        }
        self.steps = steps
        self.text = String(text)
    }

    /// Returns a step with `~1` as a slash and `~0` as a tilde; `nil` if another tilde is in it.
    private static func unescaped(_ part: some StringProtocol) -> String? {
        let pieces = part.split(separator: "~", omittingEmptySubsequences: false)
        var result = String(pieces.first ?? "")
        for piece in pieces.dropFirst() {
            switch piece.first {
            case "0": result += "~"
            case "1": result += "/"
            default: return nil
            }
            result += piece.dropFirst()
        }
        return result
    }

    /// Returns the value at the place; null if there is none.
    func value(in json: JSON) -> JSON {
        var value = json
        for step in steps {
            switch value {
            case .object: value = value[step]
            case .list(let elements):
                guard let index = Self.index(step), index < elements.count else { return .null }
                value = elements[index]
            default: return .null
            }
        }
        return value
    }

    /// Returns the index of a list's element; no zeros in front (RFC 6901, 4).
    private static func index(_ step: String) -> Int? {
        guard step.utf8.count <= 9, step == "0" || !step.hasPrefix("0"),
            step.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(step)
    }
}

extension JSONPointer: OptionValue {
    /// In words.
    package static var expectation: String { "a JSON Pointer like \"/repository/full_name\"" }
    /// In words.
    package static var pluralExpectation: String { "JSON Pointers like \"/repository/full_name\"" }
    /// A slash in front of each step.
    package static var schema: OptionSchema { .pattern("^(/([^~]|~[01])*)+$") }

    /// Suggests a slash in front and instead of each dot.
    package static func hint(for value: ConfigValue) -> String? {
        guard let text = value.text, !text.isEmpty, !text.hasPrefix("/") else { return nil }
        let meant = "/\(text.replacing(".", with: "/"))"
        return JSONPointer(meant) == nil ? nil : "did you mean \(meant.shortened(to: 60).quoted)?"
    }

    /// Decodes a pointer.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> JSONPointer?
    {
        if let pointer = value.text.flatMap({ JSONPointer($0) }) { return pointer }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    package var rendered: String { text.quoted }
}
