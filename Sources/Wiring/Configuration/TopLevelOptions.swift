import MessageBus

/// The options at the top of the file.
struct TopLevelOptions: PluginOptions {
    @Option("This instance, in logs and in loop prevention.")
    var name = EntryName("puente")

    @Option("The words of notices and answers.")
    var language = Language.es

    @Option("The rooms; the first is the default.")
    var rooms = NewRooms(names: ["general"])

    @Option("Where messages, checkpoints, cursors, links and accounts are; null: in memory only.")
    var store: StoreOptions? = StoreOptions()

    @Option("Whether people may speak without logging in.")
    var accounts = Accounts.open

    @Option("Whether /register works; as accounts if not given.", absent: "as accounts")
    var registration: Registration?

    @Option("The chain every inbound message passes, in order.")
    var middleware: [EntryObject] = []

    @Option("The ways in and out; at least one.")
    var bridges: BridgeList

    @Option("The daemon's own log on stderr.")
    var log = LogOptions()

    static let synonyms = [
        "channels": "\"rooms\"", "channel": "\"rooms\"", "room": "\"rooms\"", "salas": "\"rooms\"",
        "middlewares": "\"middleware\"", "filters": "\"middleware\"", "chain": "\"middleware\"",
        "plugins": "\"bridges\"", "inputs": "\"bridges\"", "outputs": "\"bridges\"",
        "database": "\"store\": {\"path\": \"FILE\"}", "db": "\"store\": {\"path\": \"FILE\"}",
        "storage": "\"store\": {\"path\": \"FILE\"}", "lang": "\"language\"",
        "locale": "\"language\"", "logging": "\"log\"",
        "loglevel": "\"log\": {\"level\": \"LEVEL\"}",
        "level": "\"log\": {\"level\": \"LEVEL\"}", "debug": "\"log\": {\"level\": \"debug\"}",
        "history": "\"store\": {\"history\": \"90d\"}",
        "host": listen, "port": listen, "listen": listen, "address": listen, "bind": listen,
    ]

    private static let listen = "\"bridges\": [{\"type\": \"tcp\", \"listen\": \"HOST:PORT\"}]"

    /// Finds what this version can't keep its promise of.
    func validate(_ check: inout OptionCheck) {
        if accounts == .required {
            check.problem(
                "expected \"open\", found \"required\": this version has no accounts yet",
                at: $accounts)
        }
    }
}

/// Who may read and speak.
package enum Accounts: String, CaseIterable, OptionValue {
    /// Any free name; a registered name needs its password.
    case open
    /// Nothing without logging in.
    case required
}

/// Who makes accounts.
enum Registration: String, CaseIterable, OptionValue {
    case open
    case closed
}

/// Where what outlives the process is kept.
package struct StoreOptions: PluginOptions {
    /// The SQLite file, relative to the configuration's directory.
    @Option("The SQLite file.")
    package var path = "puente.sqlite"

    /// How long messages are kept.
    @Option("How long messages are kept; \"0s\": until every durable bridge has them.")
    package var history = Duration.seconds(90 * 86_400)

    /// What may wait in memory to be stored.
    @Option(
        """
        How much may wait in memory to be stored; over it sources are read more slowly, and while \
        the disk fails, what is said is not kept.
        """, in: .mebibytes(1)...(.gibibytes(4)))
    package var backlog = ByteCount.mebibytes(64)

    /// Makes the options with their defaults.
    package init() {}

    /// Names that other programs have for these.
    package static let synonyms = [
        "file": "\"path\"", "filename": "\"path\"", "database": "\"path\"", "db": "\"path\"",
        "url": "\"path\"", "keep": "\"history\"", "retention": "\"history\"",
        "maxage": "\"history\"",
        "days": "\"history\"",
    ]

    /// Finds what can't be a path, and a history that is over before anybody has read it.
    package func validate(_ check: inout OptionCheck) {
        if path == ":memory:" {
            check.problem(
                "expected the path of a file, found \($path.found(path.quoted)); did you mean \"store\": null?",
                at: $path)
            return
        }
        check.file(path, at: $path)
        let hour = Duration.seconds(3_600)
        if history > .zero, history < hour || history.components.seconds % 3_600 != 0 {
            check.warning(
                """
                messages are forgotten after \(history.plain): m are minutes, "90d" are 90 days, and \
                "0s" keeps them until every durable bridge has them
                """, at: $history)
        }
    }
}

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

/// The rooms of a configuration, which exist because they are named here.
struct NewRooms: OptionValue {
    var names: [String]

    static var expectation: String { "a list of names of rooms" }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> NewRooms? {
        guard case .array(let elements) = value.kind else {
            let name = value.text.flatMap { RoomName.isAllowed($0) ? $0 : nil }
            let hint = value.shownAs == nil ? name.map { "; write [\($0.quoted)]" } : nil
            problems.expected(expectation, found: value, suggestion: hint ?? "")
            return nil
        }
        if elements.isEmpty {
            problems.add("expected at least one room, found an empty list", at: value.location)
            return nil
        }
        var names: [String] = []
        var seen: Set<String> = []
        for element in elements {
            guard let name = element.text, RoomName.isAllowed(name) else {
                problems.expected(
                    "a room's name, 1–32 of a-z 0-9 _ -", found: element,
                    suggestion: suggestion(for: element))
                continue
            }
            if !seen.insert(name).inserted {
                problems.add("the room \(element.found) is given twice", at: element.location)
                continue
            }
            names.append(name)
        }
        return names.count == elements.count ? NewRooms(names: names) : nil
    }

    /// The name in lower case, without `#`, with `-` in place of spaces.
    private static func suggestion(for element: ConfigValue) -> String {
        guard let text = element.text, element.shownAs == nil, text.utf8.count <= 40 else {
            return ""
        }
        let name = String(
            text.lowercased().drop { $0 == "#" }.map { $0.isWhitespace ? "-" : $0 })
        return RoomName.isAllowed(name) ? "; did you mean \(name.quoted)?" : ""
    }

    var rendered: String { names.rendered }
}

/// An entry of a list that is decoded elsewhere.
struct EntryObject: OptionValue {
    static var expectation: String { "an object" }
    static var pluralExpectation: String { "objects, each with its \"type\"" }

    static var listHint: String? { "it looks like [{\"type\": …}]" }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> EntryObject? {
        if case .object = value.kind { return EntryObject() }
        // Whoever writes something else here may have a token in it.
        problems.expected(
            "\(expectation) with its \"type\"", found: value, isSecret: true,
            suggestion: "; it looks like {\"type\": …}")
        return nil
    }

    var rendered: String { "{}" }
}

/// The entries of `bridges`, which are decoded elsewhere.
struct BridgeList: OptionValue {
    static var expectation: String { "a list of at least one bridge" }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> BridgeList? {
        guard case .array(let entries) = value.kind else {
            problems.expected(
                expectation, found: value, isSecret: true,
                suggestion: "; it looks like [{\"type\": \"tcp\"}]")
            return nil
        }
        let objects = [EntryObject].decode(value, into: &problems)
        if !entries.isEmpty { return objects.map { _ in BridgeList() } }
        problems.add("expected at least one bridge, found an empty list", at: value.location)
        return nil
    }

    var rendered: String { "[]" }
}
