import MessageBus

/// The options every bridge has.
struct BridgeEntryOptions: TypedEntryOptions {
    static let typeExpectation = "the name of a bridge like \"tcp\""

    @Option("The kind of bridge.")
    var type: TypeName<BridgeEntryOptions>

    @Option(
        "Its name in /who, logs and metrics; the type, type-2, … if not given.",
        absent: "the type, type-2, …")
    var name: EntryName?

    @Option("The room it is in; the first one if not given.", absent: "the first room")
    var room: RoomName?

    @Option("The way messages go: in, out, or both.")
    var direction = Direction.both

    @Option("The chain for messages that this bridge brings in, before the common chain.")
    var middleware: [EntryObject] = []

    @Option("The chain for messages that this bridge is given.")
    var outgoing: [EntryObject] = []

    @Option("The names under which people who speak by this bridge are shown.")
    var senderFormat = SenderFormat(text: "{name} ({bridge})")

    @Option("An empty string or \"false\" leaves the bridge out.")
    var when = WhenOption(isOn: true)

    @Option("True: the daemon runs on if this bridge fails to start.")
    var optional = false

    static let synonyms = [
        "enabled": "\"when\"", "enable": "\"when\"", "active": "\"when\"", "disabled": "\"when\"",
        "if": "\"when\"", "on": "\"when\"", "channel": "\"room\"", "rooms": "\"room\"",
        "id": "\"name\"", "middlewares": "\"middleware\"", "filters": "\"middleware\"",
        "required": "\"optional\"", "kind": "\"type\"", "plugin": "\"type\"",
    ]

    /// Returns the values that decide what the bridge is, beside its name and its chains.
    ///
    /// - Parameter room: the room it is in, also if that is not given.
    func commonValues(room: String) -> DecodedValues {
        var values = DecodedValues()
        values.append(type.rendered, for: "type")
        values.append(room.quoted, for: "room")
        values.append(direction.rendered, for: "direction")
        values.append(senderFormat.rendered, for: "senderFormat")
        values.append(optional.rendered, for: "optional")
        return values
    }

    /// Reports formats that let people be mistaken for others, and chains that judge nothing.
    func validate(_ check: inout OptionCheck) {
        let found = $senderFormat.found(senderFormat.text.quoted)
        if !senderFormat.isDistinct {
            check.warning(
                """
                \(found) has no parentheses, so people on this bridge can look like anybody else; \
                the default is \("{name} ({bridge})".quoted)
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
            in: senderFormat.text,
            known: ["name", "bridge"] + (type.text == "nats" ? ["instance"] : []),
            at: $senderFormat)
    }
}
