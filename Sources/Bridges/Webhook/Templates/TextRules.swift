import JSON
import MessageBus

/// The option `text`: a template, or several with conditions, of which the first that fits counts.
package struct TextRules: Sendable {
    private let rules: [Rule]
    private let isList: Bool

    /// A template with a condition.
    struct Rule: PluginOptions {
        @Option("The place in the JSON that decides.", absent: "no condition")
        var `where`: JSONPointer?
        @Option("The value that must be there.")
        var `is`: ExpectedValue = .any
        @Option("The template of the text.")
        var text: TextTemplate

        init() {}

        static let synonyms = ["when": "\"where\"", "equals": "\"is\"", "value": "\"is\""]

        func validate(_ check: inout OptionCheck) {
            if `where` == nil, $is.isSet {
                check.problem("expected \"where\", the place of that value", at: $is)
            }
        }

        func fits(_ json: JSON) -> Bool { `where`.map { `is`.fits($0.value(in: json)) } ?? true }
    }

    /// Makes rules of one template.
    init(_ template: TextTemplate) {
        var rule = Rule()
        rule.text = template
        rules = [rule]
        isList = false
    }

    private init(_ rules: [Rule]) {
        self.rules = rules
        isList = true
    }

    /// Returns the text over some JSON; `nil` if no rule fits.
    func text(of json: JSON) -> String? {
        rules.first { $0.fits(json) }?.text.text(of: json)
    }
}

extension TextRules: OptionValue {
    /// In words.
    package static var expectation: String {
        "a template like \"{/user}: {/text}\", or a list like [{\"where\": \"/action\", \"is\": \"opened\", \"text\": …}]"
    }
    /// A string, or a list of rules.
    package static var schema: OptionSchema {
        .either([.string, .list(of: Rule.schema, atLeast: 1)])
    }

    /// Decodes a template, or a list of rules.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> TextRules? {
        switch value.kind {
        case .string:
            return TextTemplate.decode(value, into: &problems).map { TextRules($0) }
        case .array(let elements) where !elements.isEmpty:
            return [Rule].decode(value, into: &problems).map { TextRules($0) }
        default:
            problems.expected(Self.self, found: value)
            return nil
        }
    }

    /// As JSON.
    package var rendered: String {
        isList ? rules.rendered : rules.first?.text.rendered ?? "null"
    }
}
