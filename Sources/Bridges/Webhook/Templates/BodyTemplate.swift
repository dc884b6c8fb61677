import JSON
import MessageBus

/// The option `body`: JSON whose strings may hold values of a message.
///
/// A value goes in as a value: whatever a text contains, it adds nothing to the structure.
package struct BodyTemplate: Sendable {
    /// The values of a message.
    enum Field: String, CaseIterable, Sendable {
        case text, name, room, number, time, bridge, instance
    }

    private indirect enum Node: Sendable {
        case constant(JSON)
        /// A string that is nothing but one value, and becomes that: a number stays a number.
        case value(Field)
        case text([Part])
        case list([Node])
        case object([String: Node])
    }

    private enum Part: Sendable {
        case text(String)
        case value(Field)
    }

    private let node: Node

    /// Reads a template; throws a sentence if a string of it is invalid.
    init(_ json: JSON) throws(TemplateProblem) { node = try Self.node(json) }

    private static func node(_ json: JSON) throws(TemplateProblem) -> Node {
        switch json {
        case .text(let text): return try node(text)
        case .list(let elements):
            var nodes: [Node] = []
            for element in elements { nodes.append(try node(element)) }
            return .list(nodes)
        case .object(let members):
            var nodes: [String: Node] = [:]
            for (key, value) in members { nodes[key] = try node(value) }
            return .object(nodes)
        default: return .constant(json)
        }
    }

    private static func node(_ text: String) throws(TemplateProblem) -> Node {
        var parts: [Part] = []
        for part in try TemplatePart.split(text) {
            switch part {
            case .text(let text): parts.append(.text(text))
            case .placeholder(let name):
                guard let field = Field(rawValue: name) else {
                    let all = Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
                    throw TemplateProblem("the text in braces must be one of \(all); {{ is a brace")
                }
                parts.append(.value(field))
            }
        }
        if parts.count == 1, case .value(let field) = parts[0] { return .value(field) }
        return .text(parts)
    }

    /// Returns the JSON of a message.
    ///
    /// - Parameter value: returns a value of the message.
    func json(_ value: (Field) -> JSON) -> JSON { Self.json(node, value) }

    private static func json(_ node: Node, _ value: (Field) -> JSON) -> JSON {
        switch node {
        case .constant(let json): return json
        case .value(let field): return value(field)
        case .list(let nodes): return .list(nodes.map { json($0, value) })
        case .object(let nodes): return .object(nodes.mapValues { json($0, value) })
        case .text(let parts):
            return .text(
                parts.map { part in
                    switch part {
                    case .text(let text): text
                    case .value(let field): value(field).plainText ?? ""
                    }
                }.joined())
        }
    }
}

extension BodyTemplate: CustomReflectable {
    /// A mirror without children, so that `dump` shows nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension BodyTemplate: OptionValue {
    /// In words.
    package static var expectation: String {
        "JSON whose strings may hold {text}, {name} and so on, like {\"content\": \"{name}: {text}\"}"
    }
    /// True: a token of the receiver may stand in it.
    package static var isSecret: Bool { true }
    /// Any value.
    package static var schema: OptionSchema { .anything }

    /// Decodes an object, a list or a string.
    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> BodyTemplate? {
        switch value.kind {
        case .object, .array, .string: break
        default:
            problems.expected(Self.self, found: value)
            return nil
        }
        let count = problems.count
        check(value, &problems)
        guard problems.count == count, let json = JSON(value) else { return nil }
        return try? BodyTemplate(json)
    }

    /// Reports each string that is not a template, at its place.
    private static func check(_ value: ConfigValue, _ problems: inout Problems) {
        switch value.kind {
        case .string(let text):
            do throws(TemplateProblem) {
                _ = try node(text)
            } catch {
                problems.add("expected a template: \(error.sentence)", at: value.location)
            }
        case .array(let elements): for element in elements { check(element, &problems) }
        case .object(let members):
            for member in members { check(member.value, &problems) }
        default: break
        }
    }

    /// A string with nothing of the template in it.
    package var rendered: String { "\"…\"" }
}
