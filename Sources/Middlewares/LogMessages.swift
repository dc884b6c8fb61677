import MessageBus

/// A middleware that writes a line about each message to the daemon's log or to a file of its own.
///
/// `#1042 general chat ana: hola`: the number, the room, the bridge, the sender, the kind, the
/// text. Each message is one line: a line end in it is written `\n`. Private messages are not
/// logged, not even that there was one. Lines in a file begin with the time of the message, in UTC.
package struct LogMessages: CopyableMiddleware {
    /// The options of `log`.
    package struct Options: PluginOptions {
        @Option("The level of the lines in the daemon's log.")
        package var level = Log.Level.info
        @Option("True: the lines contain the texts.")
        package var text = true
        @Option(
            "A file to append to instead of the daemon's log; relative to bridge.json.",
            absent: "the daemon's log")
        package var file: String?

        /// Names that other programs use for these options.
        package static let synonyms = [
            "path": "\"file\"", "filename": "\"file\"", "output": "\"file\"",
        ]

        /// Makes options with their defaults.
        package init() {}

        /// Reports an impossible file, and a level for lines that have none.
        package func validate(_ check: inout OptionCheck) {
            guard let file else { return }
            check.file(file, at: $file)
            if $level.isSet {
                check.warning(
                    "the lines of a \"file\" have no level: this has no effect", at: $level)
            }
        }
    }

    /// The delay from which on a line of the daemon's log, which begins with the present time, also
    /// has that of the message.
    private static let late = Duration.seconds(60)

    private let level: Log.Level
    private let hasText: Bool
    private let language: Language
    private let log: Log
    private let file: (any LineSink)?
    private let isOn: Bool

    /// Makes a step that logs; its file is opened when the bus starts.
    package init(_ options: Options, _ context: Context) {
        level = options.level
        hasText = options.text
        language = context.language
        log = context.log
        file = options.file.map { context.lines(to: $0) }
        isOn = options.file != nil || context.log.shows(options.level)
    }

    /// Logs a message and lets it pass; formats it only if the level is shown.
    package func handle(_ message: inout Message) -> Verdict {
        guard isOn, !message.isQuotation, !message.isPrivate else { return .pass }
        if let file {
            file.write("\(message.time.inUTC) \(line(for: message))")
        } else {
            log.writeMessage(level, line(for: message))
        }
        return .pass
    }

    private func line(for message: Message) -> String {
        let sender = message.sender
        var line = "#\(message.number) \(message.room) \(sender.bridge) \(sender.name)"
        switch message.kind {
        case .message: break
        case .edit: line += " (\(word("editado", "edited")))"
        case .join: return line + " " + word("se ha unido", "has joined")
        case .leave:
            guard let room = message.destination else {
                return line + " " + word("ha salido", "has left")
            }
            return line + " " + word("se ha ido a", "has gone to") + " " + room
        case .rename:
            return line + " " + word("ahora es", "is now") + " " + (message.other?.name ?? "?")
        case .deletion: return line + " " + word("ha borrado", "has deleted")
        }
        if file == nil, message.received - message.time >= Self.late {
            line += " (\(word("dicho", "said")) \(message.time.inUTC))"
        }
        guard hasText else { return line + " (\(message.body.count) bytes)" }
        line += ": "
        line +=
            message.body.contains("\n") ? message.text.replacing("\n", with: "\\n") : message.text
        return line
    }

    private func word(_ spanish: String, _ english: String) -> String {
        language.wording(es: spanish, en: english)
    }
}
