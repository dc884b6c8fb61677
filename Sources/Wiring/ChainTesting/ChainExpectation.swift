import MessageBus

/// The judgement that a test expects: `"pass"`, `{"pass": {"text": …}}` or `{"drop": …}`.
package enum ChainExpectation: Sendable, Hashable {
    /// It passes, perhaps with this text.
    case pass(text: String?)
    /// A step of this type drops it, or any step with this code; the reason contains this text, if
    /// there is one.
    case drop(String, reason: String?)
}

extension ChainExpectation: OptionValue {
    private struct Passed: PluginOptions {
        @Option("The text as it is published.", absent: "any")
        var text: String?
    }

    private struct Pass: PluginOptions {
        @Option("It passes, with this text.")
        var pass: Passed
    }

    private struct Drop: PluginOptions {
        @Option("The type of the step that drops it, or the code that its sender is told.")
        var drop: String
        @Option("A part of the reason that its sender is told.", absent: "any")
        var reason: String?
    }

    package static var expectation: String {
        #""pass", {"pass": {"text": "…"}} or {"drop": "TYPE or CODE"}"#
    }
    package static var pluralExpectation: String { #""pass", {"pass": …} or {"drop": …}"# }

    package static var schema: OptionSchema {
        .either([.only(["pass"]), Pass.schema, Drop.schema])
    }

    package static func hint(for value: ConfigValue) -> String? {
        value.text == "drop" ? "a drop names its step, as in {\"drop\": \"filter\"}" : nil
    }

    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> ChainExpectation? {
        if value.text == "pass" { return .pass(text: nil) }
        if value.member("pass") != nil {
            return Pass.decode(value, into: &problems).map { .pass(text: $0.pass.text) }
        }
        if value.member("drop") != nil {
            return Drop.decode(value, into: &problems).map { .drop($0.drop, reason: $0.reason) }
        }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// The expectation in one line.
    package var rendered: String {
        switch self {
        case .pass(nil): "\"pass\""
        case .pass(let text?): "{\"pass\":{\"text\":\(text.quoted)}}"
        case .drop(let step, let reason):
            "{\"drop\":\(step.quoted)\(reason.map { ",\"reason\":\($0.quoted)" } ?? "")}"
        }
    }
}
