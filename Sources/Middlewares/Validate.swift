import MessageBus

/// Drops messages that are too long, and, if wanted, those that came with control characters.
///
/// The bus removes control characters from all texts before any middleware sees them.
package struct Validate: CopyableMiddleware {
    /// What is too long.
    package struct Options: PluginOptions {
        @Option("The most characters of a text, as a person counts them.", in: 1...)
        package var maxLength = 4_000
        @Option("The most lines of a text.", in: 1...)
        package var maxLines = 40
        @Option("What is done with control characters: they are removed, or the message refused.")
        package var controlCharacters = ControlCharacters.remove

        /// Makes options with their defaults.
        package init() {}

        /// Finds what has neither characters nor lines.
        package func validate(_ check: inout OptionCheck) { check.textsOnly() }
    }

    /// What is done about control characters.
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

    /// Makes a step that drops what is too long.
    package init(_ options: Options, _ context: Context) {
        maxLength = options.maxLength
        maxLines = options.maxLines
        refusesControls = options.controlCharacters == .refuse
        language = context.language
    }

    /// Looks at the lengths of all messages first: nearly always that is all there is to do.
    package mutating func judge(_ batch: Batch) {
        if !batch.isPlain(upTo: maxLength) { judgeEach(batch) }
    }

    /// Drops a message with too many characters or lines, or with what is to be refused.
    package func handle(_ message: inout Message) -> Verdict {
        if refusesControls, message.hadControlCharacters {
            return .drop(controlSentence, code: "bad-text")
        }
        let text = message.content.unsafeBytes
        if text.count <= maxLength, !message.hasSeveralLines { return .pass }
        if TextCounting.exceeds(text, characters: maxLength) {
            return .drop(lengthSentence, code: "too-long")
        }
        return hasTooManyLines(text) ? .drop(linesSentence, code: "too-long") : .pass
    }

    private func hasTooManyLines(_ text: UnsafeRawBufferPointer) -> Bool {
        if TextScan.isPrintableASCII(text) { return false }
        var lines = 1
        for byte in text where byte == UInt8(ascii: "\n") { lines += 1 }
        return lines > maxLines
    }

    private var controlSentence: String {
        switch language {
        case .es: "el mensaje tiene caracteres de control"
        case .en: "the message has control characters"
        }
    }

    private var lengthSentence: String {
        let isOne = maxLength == 1
        return switch language {
        case .es: "el mensaje tiene más de \(maxLength) \(isOne ? "carácter" : "caracteres")"
        case .en: "the message has more than \(maxLength) \(isOne ? "character" : "characters")"
        }
    }

    private var linesSentence: String {
        let isOne = maxLines == 1
        return switch language {
        case .es: "el mensaje tiene más de \(maxLines) \(isOne ? "línea" : "líneas")"
        case .en: "the message has more than \(maxLines) \(isOne ? "line" : "lines")"
        }
    }
}
