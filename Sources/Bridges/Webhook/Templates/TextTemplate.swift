import JSON
import MessageBus

/// A template of a text over a JSON text: `{/repository/full_name}`, `{/sender/login|somebody}`.
package struct TextTemplate: Sendable {
    private enum Part: Sendable {
        case text(String)
        case value(JSONPointer, otherwise: String)
    }

    private let parts: [Part]
    private let template: String

    /// Reads a template.
    init(_ template: String) throws(TemplateProblem) {
        self.template = template
        var parts: [Part] = []
        for part in try TemplatePart.split(template) {
            switch part {
            case .text(let text): parts.append(.text(text))
            case .placeholder(let content):
                let pieces = content.split(
                    separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
                guard let pointer = JSONPointer(pieces.first ?? "") else {
                    throw TemplateProblem(
                        "the text in braces must be a JSON Pointer, which begins with /; "
                            + "{{ is a brace")
                }
                parts.append(
                    .value(pointer, otherwise: pieces.count > 1 ? String(pieces[1]) : ""))
            }
        }
        self.parts = parts
    }

    /// The bytes beyond which a text does not grow, so that a value that occurs in it often takes
    /// no more memory: the bus drops a longer text anyway.
    private static let maxBytes = Draft.maxTextBytes + 1

    /// Returns the text over some JSON.
    func text(of json: JSON) -> String {
        var text = ""
        for part in parts where text.utf8.count < Self.maxBytes {
            switch part {
            case .text(let literal): text += literal
            case .value(let pointer, let otherwise):
                text += pointer.value(in: json).plainText ?? otherwise
            }
        }
        return text
    }
}

extension JSON {
    /// The value as a text: a string as it is, a list or an object as JSON; `nil` for null.
    var plainText: String? {
        switch self {
        case .null: nil
        case .text(let text): text
        case .bool(let value): value ? "true" : "false"
        case .integer(let number): String(number)
        case .real(let number):
            // 3.0 is 3, as it was mostly written.
            Int64(exactly: number).map(String.init) ?? String(number)
        case .list, .object: String(decoding: encodedWithNulls, as: UTF8.self)
        }
    }
}

extension TextTemplate: OptionValue {
    /// In words.
    package static var expectation: String { "a template like \"{/user/name}: {/text|nothing}\"" }
    /// In words.
    package static var pluralExpectation: String { "templates like \"{/user/name}: {/text}\"" }
    /// Any string.
    package static var schema: OptionSchema { .string }

    /// Decodes a template.
    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> TextTemplate? {
        guard let text = value.text else {
            problems.expected(Self.self, found: value)
            return nil
        }
        do throws(TemplateProblem) {
            return try TextTemplate(text)
        } catch {
            problems.expected(expectation, found: value, suggestion: "; \(error.sentence)")
            return nil
        }
    }

    /// As JSON.
    package var rendered: String { template.quoted }
}
