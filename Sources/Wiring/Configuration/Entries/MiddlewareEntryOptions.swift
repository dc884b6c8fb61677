import MessageBus

/// The options every middleware has.
struct MiddlewareEntryOptions: TypedEntryOptions {
    static let typeExpectation = "the name of a middleware like \"log\""

    @Option("The kind of middleware.")
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
        The kinds of messages it judges; message is everything that people say, edits \
        included, and edit is edits only.
        """)
    var kinds = [Condition.Kind.message]

    @Option("The name under which its drops are counted in metrics.", absent: "the type")
    var label: StepLabel?

    static let synonyms = [
        "name": "\"label\"", "title": "\"label\"",
        "room": "\"rooms\": [\"ROOM\"]", "bridge": "\"bridges\": [\"BRIDGE\"]",
        "sender": "\"senders\": [\"NAME\"]", "users": "\"senders\"",
        "user": "\"senders\": [\"NAME\"]",
        "from": "\"senders\"", "kind": "\"kinds\": [\"KIND\"]", "plugin": "\"type\"",
    ]

    /// Reports conditions that nothing can meet.
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
