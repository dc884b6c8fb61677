import MessageBus

/// The options every bridge has.
struct BridgeEntryOptions: PluginOptions {
    @Option("Which bridge.")
    var type: String

    @Option("What /who, logs and metrics call it; the type, type-2, … if not given.")
    var name: EntryName?

    @Option("The room it is in; the first one if not given.")
    var room: RoomName?

    @Option("Whether it brings messages in, takes them out, or both.")
    var direction = Direction.both

    @Option("Judges what this bridge brings in, before the common chain.")
    var middleware: [EntryObject] = []

    @Option("Judges what this bridge is given.")
    var outgoing: [EntryObject] = []

    @Option("How those who speak by this bridge are named.")
    var senderFormat = SenderFormat(text: "{name} ({bridge})")

    @Option("An empty string or \"false\" leaves the bridge out.")
    var when = Switch(isOn: true)

    @Option("Whether the daemon runs on if this bridge fails to start.")
    var optional = false
}

/// The options every middleware has.
struct MiddlewareEntryOptions: PluginOptions {
    @Option("Which middleware.")
    var type: String

    @Option("The rooms it judges; all if not given.")
    var rooms: [Glob]?

    @Option("The bridges it judges; all if not given.")
    var bridges: [Glob]?

    @Option("The senders it judges, as they are shown; all if not given.")
    var senders: [Glob]?

    @Option(
        """
        The kinds of messages it judges; message is what people say, corrections included, and edit \
        is corrections only.
        """)
    var kinds = [Condition.Kind.message]
}

/// A name of a bridge or of this instance.
struct EntryName: OptionValue {
    var text: String

    init(_ text: String) {
        self.text = text
    }

    static var expectation: String { "a name of 1–32 characters, none of ( ) [ ] : * ?" }

    /// Brackets and colons would let a bridge write what only the bus writes; globs need the stars.
    static func isAllowed(_ text: String) -> Bool {
        (1...32).contains(text.unicodeScalars.count) && text.first != " " && text.last != " "
            && text.unicodeScalars.allSatisfy { scalar in
                !scalar.isUnseen && !"()[]:*?".unicodeScalars.contains(scalar)
            }
    }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> EntryName? {
        if let text = value.text, isAllowed(text) { return EntryName(text) }
        problems.expected(Self.self, found: value)
        return nil
    }

    var rendered: String { text.quoted }
}

/// How those who speak by a bridge are named.
struct SenderFormat: OptionValue {
    var text: String

    static var expectation: String { "a string with {name} and without a colon in it" }

    /// Tells whether nobody else can have such a name, since names have no parentheses.
    var isDistinct: Bool { text.contains("(") && text.contains(")") }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> SenderFormat? {
        if let text = value.text, text.contains("{name}"),
            !text.unicodeScalars.contains(where: { $0.isUnseen || $0 == ":" })
        {
            return SenderFormat(text: text)
        }
        problems.expected(Self.self, found: value)
        return nil
    }

    var rendered: String { text.quoted }
}

/// Whether a bridge is on.
struct Switch: OptionValue {
    var isOn: Bool

    static var expectation: String { "a string, true or false" }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> Switch? {
        switch value.kind {
        case .bool(let isOn): return Switch(isOn: isOn)
        case .string(let text): return Switch(isOn: !text.isEmpty && text != "false")
        default:
            // It is the bridge's token that is asked for most often.
            problems.expected(expectation, found: value, isSecret: true)
            return nil
        }
    }

    var rendered: String { isOn ? "true" : "false" }
}
