import MessageBus

/// The options every bridge has.
struct BridgeEntryOptions: TypedEntryOptions {
    static let typeExpectation = "the name of a bridge like \"tcp\""

    @Option("Which bridge.")
    var type: TypeName<BridgeEntryOptions>

    @Option(
        "What /who, logs and metrics call it; the type, type-2, … if not given.",
        absent: "the type, type-2, …")
    var name: EntryName?

    @Option("The room it is in; the first one if not given.", absent: "the first room")
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

    static let synonyms = [
        "enabled": "\"when\"", "enable": "\"when\"", "active": "\"when\"", "disabled": "\"when\"",
        "if": "\"when\"", "on": "\"when\"", "channel": "\"room\"", "rooms": "\"room\"",
        "id": "\"name\"", "middlewares": "\"middleware\"", "filters": "\"middleware\"",
        "required": "\"optional\"", "kind": "\"type\"", "plugin": "\"type\"",
    ]

    /// Finds formats by which people can be taken for others.
    func validate(_ check: inout OptionCheck) {
        let found = $senderFormat.found(senderFormat.text.quoted)
        if !senderFormat.isDistinct {
            check.warning(
                """
                \(found) has no parentheses: who speaks here can take anybody's name; by default it \
                is \("{name} ({bridge})".quoted)
                """, at: $senderFormat)
        }
        if direction == .in, !outgoing.isEmpty {
            check.warning(
                "nothing goes out by a bridge whose direction is \"in\": nothing is judged",
                at: $outgoing)
        }
        if direction == .out, !middleware.isEmpty {
            check.warning(
                "nothing comes in by a bridge whose direction is \"out\": nothing is judged",
                at: $middleware)
        }
        check.placeholders(
            in: senderFormat.text, known: ["name", "bridge"], at: $senderFormat)
    }
}

/// The options every middleware has.
struct MiddlewareEntryOptions: TypedEntryOptions {
    static let typeExpectation = "the name of a middleware like \"log\""

    @Option("Which middleware.")
    var type: TypeName<MiddlewareEntryOptions>

    @Option("The rooms it judges; all if not given.", absent: "all")
    var rooms: [Glob]?

    @Option("The bridges it judges; all if not given.", absent: "all")
    var bridges: [Glob]?

    @Option(
        "The senders it judges, as they are shown, in any case; all if not given.", absent: "all")
    var senders: [Glob]?

    @Option(
        """
        The kinds of messages it judges; message is what people say, corrections included, and edit \
        is corrections only.
        """)
    var kinds = [Condition.Kind.message]

    static let synonyms = [
        "room": "\"rooms\": [\"ROOM\"]", "bridge": "\"bridges\": [\"BRIDGE\"]",
        "sender": "\"senders\": [\"NAME\"]", "users": "\"senders\"",
        "user": "\"senders\": [\"NAME\"]",
        "from": "\"senders\"", "kind": "\"kinds\": [\"KIND\"]", "plugin": "\"type\"",
    ]

    /// Finds conditions that nothing can meet.
    func validate(_ check: inout OptionCheck) {
        let lists: [(list: Bool?, noun: String, location: OptionLocation)] = [
            (rooms?.isEmpty, "room", $rooms), (bridges?.isEmpty, "bridge", $bridges),
            (senders?.isEmpty, "sender", $senders), (kinds.isEmpty, "kind", $kinds),
        ]
        for (isEmpty, noun, location) in lists where isEmpty == true {
            let all = noun == "kind" ? "what people say" : "all \(noun)s"
            check.problem(
                """
                expected at least one \(noun), found an empty list: nothing would be judged; leave \
                \("\(noun)s".quoted) out for \(all)
                """, at: location)
        }
    }
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
                !scalar.isUnseen && (scalar == " " || !scalar.properties.isWhitespace)
                    && !"()[]:*?".unicodeScalars.contains(scalar)
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
        case .string(let text):
            guard let word = word(text) else {
                return Switch(isOn: !text.isEmpty && text != "false")
            }
            // None of these words is a token, so they may be shown.
            let shown = value.shownAs == nil ? "" : ", which is \(word)"
            problems.add(
                """
                expected "" or "false" to leave the bridge out, found \(value.found)\(shown): anything \
                else than these two means on
                """, at: value.location)
            return nil
        default:
            // It is the bridge's token that is asked for most often.
            problems.expected(
                expectation, found: value, isSecret: true,
                suggestion: "; false leaves the bridge out")
            return nil
        }
    }

    /// A word that says no without being one of the two that leave a bridge out, for a sentence.
    private static func word(_ text: String) -> String? {
        if text.isEmpty || text == "false" || text.utf8.count > 16 { return nil }
        let word = text.lowercased().filter { !$0.isWhitespace }
        return words.contains(word) ? text.quoted : nil
    }

    private static let words: Set<String> = [
        "", "false", "no", "off", "0", "none", "null", "nil", "n", "f", "never", "disabled",
        "disable", "falso", "nunca", "''", "\"\"", "undefined",
    ]

    var rendered: String { isOn ? "true" : "false" }
}
