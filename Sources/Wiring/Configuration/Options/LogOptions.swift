import MessageBus

/// The daemon's own log.
package struct LogOptions: PluginOptions {
    /// The form of a line.
    package enum Format: String, CaseIterable, OptionValue {
        /// For people.
        case text
        /// For machines.
        case json
    }

    /// The least important level that is written.
    @Option("The least important lines that are written.")
    package var level = Log.Level.info

    /// The form of a line.
    @Option("The form of a line: text for people, json for programs.")
    package var format = Format.text

    /// Options of other programs, and their counterparts here.
    package static let synonyms = [
        "file": "the middleware {\"type\": \"log\", \"file\": \"FILE\"}",
        "path": "the middleware {\"type\": \"log\", \"file\": \"FILE\"}",
    ]

    /// Makes the options with their defaults.
    package init() {}
}
