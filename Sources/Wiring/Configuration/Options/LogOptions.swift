import MessageBus

/// The daemon's own log.
package struct LogOptions: PluginOptions {
    /// How a line is written.
    package enum Format: String, CaseIterable, OptionValue {
        /// For people.
        case text
        /// For machines.
        case json
    }

    /// What is said.
    @Option("The least important lines that are written.")
    package var level = Log.Level.info

    /// How it is said.
    @Option("How a line is written.")
    package var format = Format.text

    /// What other programs have that this one has elsewhere.
    package static let synonyms = [
        "file": "the middleware {\"type\": \"log\", \"file\": \"FILE\"}",
        "path": "the middleware {\"type\": \"log\", \"file\": \"FILE\"}",
    ]

    /// Makes the options with their defaults.
    package init() {}
}
