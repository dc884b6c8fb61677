import MessageBus
import Patterns

/// A middleware that drops messages by what their text says, and notices by the names in them.
///
/// A join or leave has one name, a rename two: `drop` judges both, `only` the new one.
/// Patterns see a text's form (`FoldedText`), in which nothing is hidden by full-width letters or
/// invisible characters. A text on which matching was given up is dropped too, and logged: see
/// `Matcher`.
package struct Filter: CopyableMiddleware {
    /// The options of `filter`.
    package struct Options: PluginOptions {
        @Option("Regular expressions; a text, or a name in a notice, that matches one is dropped.")
        package var drop: [Pattern] = []
        @Option(
            "Regular expressions; if there are any, a text or a new name that matches none is dropped."
        )
        package var only: [Pattern] = []
        @Option(
            "The reason that the sender is given; a sentence of the bus's own if it is left out.",
            absent: "a sentence of the bus")
        package var reason: String?

        @Option("True: patterns see a text as it is, not its compatibility form.")
        package var exact = false

        /// Names that other programs have for these.
        package static let synonyms = [
            "words": "\"drop\"", "block": "\"drop\"", "deny": "\"drop\"", "ban": "\"drop\"",
            "patterns": "\"drop\"", "pattern": "\"drop\"", "regex": "\"drop\"", "match": "\"drop\"",
            "exclude": "\"drop\"", "allow": "\"only\"", "accept": "\"only\"", "include": "\"only\"",
            "keep": "\"only\"", "message": "\"reason\"", "text": "\"reason\"",
        ]

        /// Makes options that drop nothing.
        package init() {}

        /// Reports a filter that passes everything, and one that passes nothing.
        package func validate(_ check: inout OptionCheck) {
            if drop.isEmpty, only.isEmpty {
                check.problem(
                    """
                    expected "drop" or "only" with a regular expression, found neither: nothing would \
                    be dropped
                    """)
            }
            for (patterns, location, end) in [
                (drop, $drop, "everything is dropped"), (only, $only, "everything passes"),
            ] {
                for (index, pattern) in patterns.enumerated() where pattern.matchesNothingAnywhere {
                    check.warning(
                        "this matches every text, since it matches nothing at all: \(end)",
                        at: location[index])
                }
            }
            check.warnAboutLeaves()
        }
    }

    private let drop: Matchers
    private let only: Matchers
    private let verdict: Verdict
    private let folding: FoldedText?

    /// Makes a filter.
    package init(_ options: Options, _ context: Context) throws {
        drop = try Matchers(options.drop)
        only = try Matchers(options.only)
        folding = options.exact ? nil : FoldedText()
        let sentence = context.language.wording(
            es: "aquí no se admite ese mensaje", en: "that message is not allowed here")
        verdict = .drop((options.reason ?? sentence).onOneLine)
    }

    /// Searches all texts of a batch for words at once: most batches contain none of them.
    package mutating func judge(_ batch: Batch) {
        if only.isEmpty, !batch.hasOtherKinds, let region = unsafe batch.region,
            unsafe drop.haveNoWord(in: region),
            folding == nil || TextScan.isASCII(region)
        {
            return
        }
        judgeEach(batch)
    }

    /// Drops a text, or a notice by its names, that matches one of `drop`, or none of `only`.
    package func handle(_ message: inout Message) throws -> Verdict {
        if message.kind.isNotice { return try judgeNotice(message) }
        let text = unsafe message.content.unsafeBytes
        let form = unsafe form(of: text)
        if try unsafe drop.areMatched(by: text, form) { return verdict }
        if only.isEmpty { return .pass }
        return try unsafe only.areMatched(by: text, form) ? .pass : verdict
    }

    /// Judges a message without text, by the names in it.
    private func judgeNotice(_ message: Message) throws -> Verdict {
        let new = message.other?.name
        for name in [message.sender.name, new] {
            guard let name else { continue }
            if try unsafe Self.areMatched(drop, by: name, form(of:)) { return verdict }
        }
        if only.isEmpty { return .pass }
        return try unsafe Self.areMatched(only, by: new ?? message.sender.name, form(of:))
            ? .pass : verdict
    }

    private static func areMatched(
        _ patterns: Matchers, by name: String,
        _ form: (UnsafeRawBufferPointer) -> UnsafeRawBufferPointer
    ) throws -> Bool {
        var name = name
        return try name.withUTF8 {
            let text = UnsafeRawBufferPointer($0)
            return try unsafe patterns.areMatched(by: text, form(text))
        }
    }

    private func form(of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        unsafe TextScan.isASCII(text) ? text : folding?.form(of: text) ?? text
    }
}

/// Several patterns, one of which has to match.
///
/// Confined to the bus's loop, which `Chain` checks.
@safe private final class Matchers: Sendable {
    private let matchers: [Matcher]
    // The same, unretained: retaining a matcher takes as long as matching a text. `matchers` keeps
    // them alive as long as this object lives.
    private let borrowed: [Unmanaged<Matcher>]

    init(_ patterns: [Pattern]) throws {
        matchers = try patterns.map { try Matcher($0) }
        unsafe borrowed = matchers.map { unsafe Unmanaged.passUnretained($0) }
    }

    var isEmpty: Bool { matchers.isEmpty }

    /// Returns true if a search for words alone proves that none of them matches any part.
    func haveNoWord(in region: UnsafeRawBufferPointer) -> Bool {
        matchers.allSatisfy { unsafe $0.hasWord(region) == false }
    }

    /// Returns true if one of them matches the text, or its form.
    func areMatched(
        by text: UnsafeRawBufferPointer, _ form: UnsafeRawBufferPointer
    ) throws -> Bool {
        try unsafe borrowed.indices.contains { index in
            try unsafe borrowed[index]._withUnsafeGuaranteedRef {
                try unsafe $0.matches(text, form: form)
            }
        }
    }
}
