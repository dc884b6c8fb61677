import MessageBus

/// Cuts long messages short: a middleware with options, and with something to remember.
struct Shorten: Middleware {
    struct Options: PluginOptions {
        @Option("The longest message in characters, the ending included.", in: 10...4_000)
        var characters = 280
        @Option("The text in place of the part that is left out.")
        var ending = "…"
        @Option("The number of messages that are cut before the others are dropped.", in: 1...)
        var patience: Int?

        func validate(_ check: inout OptionCheck) {
            if ending.count >= characters {
                check.problem("expected fewer than \(characters) characters", at: $ending)
            }
        }
    }

    private let options: Options
    private var cut = 0

    init(_ options: Options) { self.options = options }

    mutating func handle(_ message: inout Message) -> Verdict {
        // A character has at least one byte, and looking at the bytes costs nothing.
        guard message.body.count > options.characters else { return .pass }
        let text = message.text
        guard text.count > options.characters else { return .pass }
        cut += 1
        if let patience = options.patience, cut > patience {
            return .drop("at most \(options.characters) characters", code: "too-long")
        }
        message.text = text.prefix(options.characters - options.ending.count) + options.ending
        return .pass
    }
}
