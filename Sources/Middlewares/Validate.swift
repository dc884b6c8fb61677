import MessageBus

/// A middleware that drops messages that are too long and, if wanted, those that came with control
/// characters.
///
/// The bus removes control characters from all texts before any middleware sees them.
package struct Validate: CopyableMiddleware, TextLimiting {
    /// The options of `validate`.
    package struct Options: PluginOptions {
        @Option("The most characters of a text, as a person counts them.", in: 1...)
        package var maxLength = 4_000
        @Option("The most lines of a text.", in: 1...)
        package var maxLines = 40
        @Option("The treatment of control characters: they are removed, or the message is refused.")
        package var controlCharacters = ControlCharacters.remove

        /// Makes options with their defaults.
        package init() {}

        /// Warns of kinds of messages that have no text.
        package func validate(_ check: inout OptionCheck) { check.warnAboutTextlessKinds() }
    }

    /// The treatment of control characters.
    package enum ControlCharacters: String, Sendable, CaseIterable, OptionValue {
        /// The message goes on without them.
        case remove
        /// The message is dropped.
        case refuse
    }

    private let maxLength: Int
    private let maxLines: Int
    private let refusesControls: Bool
    private let language: Language

    /// The most characters that a text may have, as a person counts them.
    package var maxTextLength: Int { maxLength }

    /// Makes a step that drops messages that are too long.
    package init(_ options: Options, _ context: Context) {
        maxLength = options.maxLength
        maxLines = options.maxLines
        refusesControls = options.controlCharacters == .refuse
        language = context.language
    }

    /// Checks the lengths of all messages first: nearly always that is enough.
    package mutating func judge(_ batch: Batch) {
        if !batch.isPlain(upTo: maxLength) { judgeEach(batch) }
    }

    /// Drops a message with too many characters or lines, or with control characters if they are
    /// refused.
    package func handle(_ message: inout Message) -> Verdict {
        if refusesControls, message.hadControlCharacters {
            return .drop(controlSentence, code: "bad-text")
        }
        let text = unsafe message.content.unsafeBytes
        if text.count <= maxLength, !message.hasSeveralLines { return .pass }
        if TextCounting.exceeds(text, characters: maxLength) {
            return .drop(lengthSentence, code: "too-long")
        }
        return unsafe hasTooManyLines(text) ? .drop(linesSentence, code: "too-long") : .pass
    }

    private func hasTooManyLines(_ text: UnsafeRawBufferPointer) -> Bool {
        if TextScan.isPrintableASCII(text) { return false }
        let lines = unsafe 1 + text.count { $0 == UInt8(ascii: "\n") }
        return lines > maxLines
    }

    private var controlSentence: String {
        language.wording(
            es: "el mensaje tiene caracteres de control",
            en: "the message has control characters")
    }

    private var lengthSentence: String {
        let isOne = maxLength == 1
        return language.wording(
            es: "el mensaje tiene más de \(maxLength) \(isOne ? "carácter" : "caracteres")",
            en: "the message has more than \(maxLength) \(isOne ? "character" : "characters")")
    }

    private var linesSentence: String {
        let isOne = maxLines == 1
        return language.wording(
            es: "el mensaje tiene más de \(maxLines) \(isOne ? "línea" : "líneas")",
            en: "the message has more than \(maxLines) \(isOne ? "line" : "lines")")
    }
}
