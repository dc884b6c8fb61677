import Chat
import MessageBus

/// A destination of rotated files: a directory, or a pattern of the files in it.
package struct RotationTarget: Sendable, OptionValue {
    /// The directory or the pattern.
    let pattern: PathPattern

    /// In words.
    package static var expectation: String { "a directory, or a path with * ? [] {} or **" }
    /// In words.
    package static var pluralExpectation: String {
        "directories, or paths with * ? [] {} or **"
    }

    /// A string.
    package static var schema: OptionSchema { .string }

    /// Decodes any string that names something.
    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> RotationTarget? {
        guard var text = value.text, PathRules.problem(text) == nil else {
            problems.expected(Self.self, found: value)
            return nil
        }
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        guard PathAlternatives.expand(text) != nil, !PathPattern(text).steps.isEmpty else {
            problems.expected(Self.self, found: value)
            return nil
        }
        return RotationTarget(pattern: PathPattern(text))
    }

    /// As JSON.
    package var rendered: String { pattern.rendered }
}
