import MessageBus
import Patterns

/// A middleware that replaces parts of texts.
///
/// A text that no rule matches stays as it is and is not copied. A text that would get longer than
/// 256 KiB is dropped, as is one on which matching was given up: see `Matcher`.
package struct Replace: CopyableMiddleware {
    /// The options of `replace`.
    package struct Options: PluginOptions {
        @Option("The rules, applied in order: each sees the text that those before it made.")
        package var rules: [Rule] = []

        @Option("True: patterns see a text as it is, not its compatibility form.")
        package var exact = false

        /// Names that other programs have for these.
        package static let synonyms = [
            "find": rule, "with": rule, "pattern": rule, "replacement": rule, "from": rule,
            "to": rule,
            "replace": "\"rules\"",
        ]

        private static let rule = "\"rules\": [{\"find\": \"…\", \"with\": \"…\"}]"

        /// Makes options that replace nothing.
        package init() {}

        /// Reports a step without rules, and warns of kinds of messages without text.
        package func validate(_ check: inout OptionCheck) {
            if rules.isEmpty {
                check.problem(
                    "expected at least one rule, as {\"find\": \"…\", \"with\": \"…\"}, found none",
                    at: $rules)
            }
            check.warnAboutTextlessKinds()
        }
    }

    /// A rule: all matches of a pattern are replaced.
    package struct Rule: PluginOptions {
        @Option("A regular expression; every match is replaced.")
        package var find: Pattern
        @Option("The replacement: $1 or ${1} is a group, $0 the whole match, $$ a dollar.")
        package var with: String

        /// Names that other programs have for these.
        package static let synonyms = [
            "pattern": "\"find\"", "regex": "\"find\"", "from": "\"find\"", "match": "\"find\"",
            "to": "\"with\"", "replacement": "\"with\"", "replace": "\"with\"", "by": "\"with\"",
        ]

        /// Makes a rule that must be decoded before it is used.
        package init() {}

        /// Reports groups that the pattern doesn't have.
        package func validate(_ check: inout OptionCheck) {
            let isOther = with.indices.contains { index in
                with[index] == "\\"
                    && with[index...].dropFirst().first.map { ("0"..."9").contains($0) } ?? false
            }
            if isOther {
                check.warning("a group is $1 here: \"\\1\" stays as it is", at: $with)
            }
            let count = find.groupCount
            for group in Template(with).groups where group > count {
                let name = group == .max ? "that number" : "\(group)"
                let groups =
                    switch count {
                    case 0: "no groups"
                    case 1: "only group 1"
                    default: "only groups 1 to \(count)"
                    }
                check.problem(
                    "there is no group \(name): \($find.found(find.rendered)) has \(groups)",
                    at: $with)
            }
        }
    }

    /// The longest result, in bytes.
    static let maxResultBytes = 256 << 10

    private let rules: [(matcher: Matcher, template: Template)]
    private let language: Language
    private let folding: FoldedText?
    private var result: [UInt8] = []

    /// Makes a step that applies rules in order.
    package init(_ options: Options, _ context: Context) throws {
        rules = try options.rules.map { (try Matcher($0.find), Template($0.with)) }
        language = context.language
        folding = options.exact ? nil : FoldedText()
    }

    /// Applies the rules.
    package mutating func handle(_ message: inout Message) throws -> Verdict {
        for index in rules.indices {
            // Most texts don't match, and finding that out is faster than beginning to rewrite.
            guard try unsafe rules[index].matcher.matches(message.content.unsafeBytes, by: folding)
            else { continue }
            let matcher = rules[index].matcher
            let seen = unsafe SeenText(message.content.unsafeBytes, by: matcher.pattern, folding)
            let rewriting = try matcher.rewrite(seen, into: &result, limit: Self.maxResultBytes) {
                rules[index].template.append(to: &$0, seen, matcher)
            }
            switch rewriting {
            case .unchanged: continue
            case .changed: message.body = unsafe result.withUnsafeBytes { Body(copying: $0) }
            case .tooLong: return .drop(sentence, code: "too-long")
            }
        }
        return .pass
    }

    private var sentence: String {
        language.wording(es: "el mensaje es demasiado largo", en: "the message is too long")
    }
}
