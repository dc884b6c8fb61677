import MessageBus
import Patterns

/// A middleware that masks parts of texts that look like secrets.
///
/// It knows the shapes of common tokens and keys, so it catches slips but not every secret. A key
/// spread over several messages is recognised only in the first.
package struct Redact: CopyableMiddleware, SecretMasking {
    /// The options of `redact`.
    package struct Options: PluginOptions {
        @Option("The kinds of secret that are masked.")
        package var what = SecretKind.allCases
        @Option("The text that replaces a secret.")
        package var with = "•••"

        @Option("True: a text is seen as it is, not in its compatibility form.")
        package var exact = false

        /// Makes options with their defaults.
        package init() {}

        /// Reports a step that masks nothing.
        package func validate(_ check: inout OptionCheck) {
            if what.isEmpty {
                check.problem(
                    "expected at least one of \(SecretKind.pluralExpectation), found an empty list",
                    at: $what)
            }
            check.warnAboutTextlessKinds()
        }
    }

    private let kinds: Set<SecretKind>
    private let shapes: [(shape: SecretShape, matcher: Matcher)]
    private let mask: [UInt8]
    private let folding: FoldedText?
    private var result: [UInt8] = []

    /// Makes a step that masks.
    package init(_ options: Options) throws {
        kinds = Set(options.what)
        let kinds = kinds
        shapes = try SecretShape.all.filter { kinds.contains($0.kind) }.map { shape in
            (shape, try Matcher(Pattern(shape.expression)))
        }
        mask = Array(options.with.utf8)
        folding = options.exact ? nil : FoldedText()
    }

    /// Masks the secrets of a text; a text without any stays as it is.
    package mutating func handle(_ message: inout Message) throws -> Verdict {
        let text = unsafe message.content.unsafeBytes
        let signs = unsafe SecretSigns(of: folding?.form(of: text) ?? text)
        if signs.isEmpty { return .pass }
        for index in shapes.indices where !signs.isDisjoint(with: shapes[index].shape.signs) {
            guard try unsafe shapes[index].matcher.matches(message.content.unsafeBytes, by: folding)
            else { continue }
            let matcher = shapes[index].matcher
            let mask = mask
            let seen = unsafe SeenText(message.content.unsafeBytes, by: matcher.pattern, folding)
            let rewriting = try matcher.rewrite(seen, into: &result, limit: .max) {
                $0.append(contentsOf: mask)
            }
            if case .changed = rewriting { setBody(of: &message) }
        }
        if signs.contains(.digits), kinds.contains(.cards) { maskCards(&message) }
        return .pass
    }

    private mutating func maskCards(_ message: inout Message) {
        let text = unsafe message.content.unsafeBytes
        let cards = unsafe CardNumber.ranges(in: folding?.form(of: text) ?? text)
        if cards.isEmpty { return }
        result.removeAll(keepingCapacity: true)
        var copied = 0
        for location in cards {
            let card = folding?.original(of: location) ?? location
            unsafe result.append(contentsOf: text[copied..<card.lowerBound])
            result.append(contentsOf: mask)
            copied = card.upperBound
        }
        unsafe result.append(contentsOf: text[copied...])
        setBody(of: &message)
    }

    private func setBody(of message: inout Message) {
        message.body = unsafe result.withUnsafeBytes { Body(copying: $0) }
    }
}
