import Bridges
import Chat
import MessageBus
import Sockets
import Store
import Wiring

/// The commands `history`, `search` and `why`, which read the store's file, even while a daemon
/// runs.
struct HistoryCommands {
    private let file: String
    private let clock: LoopSleep

    /// - Parameters:
    ///   - file: the configuration that says where the store is.
    ///   - clock: sleeps for `--follow`.
    init(_ file: String, _ clock: LoopSleep) {
        self.file = file
        self.clock = clock
    }

    /// The most messages read at once.
    private static let portion = 1_000
    /// The pause between two looks for new messages with `--follow`.
    private static let interval = Duration.milliseconds(100)

    /// Shows the last messages, and with `--follow` new ones as they come.
    func history(_ options: Command.HistoryOptions) async -> CommandStatus {
        await reading(options.room) { archive, language in
            let lines = MessageLines(language, isJSON: options.isJSON)
            var last = try archive.newestNumber()
            let found = try archive.history(
                in: options.room, last: options.last, since: options.since.map(\.ago))
            guard show(found, as: lines), options.isFollowing else { return }
            if let newest = found.last?.number { last = max(last, newest) }
            while true {
                if try archive.hasChanged() {
                    while true {
                        let next = try archive.messages(
                            after: last, in: options.room, atMost: Self.portion)
                        guard let newest = next.last?.number else { break }
                        guard show(next, as: lines) else { return }
                        last = newest
                    }
                }
                try await clock.sleep(for: Self.interval)
            }
        }
    }

    /// Shows the messages that contain all the words.
    func search(_ text: String, _ options: Command.HistoryOptions) async -> CommandStatus {
        guard let words = SearchWords(text) else {
            let (words, bytes) = (SearchWords.maxWords, SearchWords.maxBytes)
            Terminal.printError(
                SearchWords.isTooMuch(text)
                    ? "puente: at most \(words) words, of \(bytes) bytes in all, can be searched for"
                    : "puente: there is no word in \(text.quoted)")
            return .usage
        }
        return await reading(options.room) { archive, language in
            let found = try archive.search(
                words, in: options.room, last: options.last, since: options.since.map(\.ago))
            _ = show(found, as: MessageLines(language, isJSON: options.isJSON))
        }
    }

    /// Shows the fate of a message.
    func why(_ number: MessageNumber) async -> CommandStatus {
        var isKnown = true
        let status = await reading { archive, language in
            guard let report = try archive.report(on: number) else {
                isKnown = false
                let newest = try archive.newestNumber()
                return Terminal.printError(
                    """
                    puente: nothing is known of #\(number): the newest message is #\(newest); \
                    drops are remembered for a day, messages as long as "history" says
                    """)
            }
            Terminal.printLine(ReportLines(report, MessageLines(language, isJSON: false)).text)
        }
        return isKnown ? status : .unavailable
    }

    // MARK: - The store

    private func reading(
        _ room: String? = nil, _ body: (Archive, Language) async throws -> Void
    ) async -> CommandStatus {
        await CommandStatus.reportingErrors {
            let location = try StoreLocation.read(file)
            guard let path = location.path else {
                Terminal.printError("puente: \(file): \"store\" is null: nothing is kept")
                return .unavailable
            }
            let archive = try Archive(path)
            if let room, try !archive.has(room: room) {
                Terminal.printError(
                    "puente: \(path): nothing was ever said in a room \(room.quoted)")
                return .unavailable
            }
            try await body(archive, location.language)
            return .success
        }
    }

    /// Prints messages; returns false if nobody reads the output any more.
    private func show(_ messages: [Message], as lines: MessageLines) -> Bool {
        messages.isEmpty
            || Terminal.printLine(messages.map { lines.lines($0) }.joined(separator: "\n"))
    }
}
