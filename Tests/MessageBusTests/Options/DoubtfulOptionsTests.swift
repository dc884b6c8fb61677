import Testing

@testable import MessageBus

/// Options that depend on one another.
private struct Trip: PluginOptions {
    struct Ticket: PluginOptions {
        @Option("Its number.") var number: Int
        @Option("Its class.") var level = 2

        func validate(_ check: inout OptionCheck) {
            if level > 3 { check.problem("there is no class \(level)", at: $level) }
        }
    }

    @Option("Where to.") var destination: String
    @Option("The lowest.") var low = 1
    @Option("The highest.") var high = 5
    @Option("Words.") var words: [String] = []
    @Option("More words.") var more: [String] = []
    @Option("The ticket.") var ticket: Ticket?
    @Option("The pause.", in: .milliseconds(10)...(.seconds(300)))
    var pause = Duration.milliseconds(200)
    @Option("The age.") var age = Duration.seconds(7 * 86_400)
    @Option("The wait.", absent: "none", in: .seconds(1)...) var wait: Duration?

    static let synonyms = ["text": "\"words\""]

    func validate(_ check: inout OptionCheck) {
        if destination.isEmpty { check.problem("expected a place", at: $destination) }
        if low > high { check.problem("\(low) is more than \(high)", at: $low) }
        if words.isEmpty, more.isEmpty { check.problem("expected words or more") }
        for (index, word) in words.enumerated() where word == "bad" {
            check.problem("a bad word", at: $words[index])
        }
        if more.contains("odd") { check.warning("an odd word", at: $more) }
    }
}

@Suite struct DoubtfulOptionsTests {
    private let root = ConfigLocation(root: TextPosition(line: 1, column: 1))

    /// Returns what is wrong with options, by their paths.
    private func problems(_ members: KeyValuePairs<String, ConfigValue.Kind>) -> [String] {
        let object = ConfigValue(
            .object(
                members.map { key, kind in
                    let place = root.member(key, at: root.position)
                    var kind = kind
                    if case .array(let elements) = kind {
                        kind = .array(
                            elements.enumerated().map { index, element in
                                ConfigValue(
                                    element.kind, at: place.element(index, at: root.position))
                            })
                    }
                    return .init(key: key, keyLocation: place, value: ConfigValue(kind, at: place))
                }), at: root)
        var problems = Problems()
        let options = Trip.decode(object, owner: "trip", beside: [], into: &problems)
        #expect((options == nil) == !problems.isEmpty)
        return (problems.sorted + problems.sortedWarnings).map { "\($0.path): \($0.sentence)" }
    }

    private func list(_ words: String...) -> ConfigValue.Kind {
        .array(words.map { ConfigValue(.string($0), at: root) })
    }

    @Test func `what is wrong beside an option that is missing is told as well`() {
        let found = Set(problems(["words": list("good", "bad"), "low": .number("9")]))
        #expect(
            found == [
                ": missing \"destination\", a string", "words[1]: a bad word",
                "low: 9 is more than 5",
            ])
    }

    @Test func `what may only follow from a wrong option is not told`() {
        let goal = ConfigValue.Kind.string("x")
        // The highest may have been meant to be 9.
        #expect(
            problems([
                "destination": goal, "low": .number("7"), "hihg": .number("9"), "more": list("a"),
            ])
                == ["hihg: \"trip\" has no option \"hihg\"; did you mean \"high\"?"])
        // The words stand under another key.
        #expect(
            problems(["destination": goal, "text": list("a")]) == [
                "text: \"trip\" has no option \"text\"; did you mean \"words\"?"
            ])
        #expect(
            problems(["destination": .number("3"), "more": list("odd")]).count == 2)
    }

    @Test func `options inside a wrong option are checked, and the rest with them`() {
        let ticket = ConfigValue.Kind.object([
            .init(
                key: "level", keyLocation: root,
                value: ConfigValue(.number("7"), at: root.member("level", at: root.position)))
        ])
        let found = Set(
            problems(["destination": .string(""), "ticket": ticket, "words": list("bad")]))
        #expect(
            found == [
                "ticket: missing \"number\", a whole number", "level: there is no class 7",
                "destination: expected a place", "words[0]: a bad word",
            ])
    }

    @Test(arguments: [
        ("pause", "200", "; did you mean \"200ms\"?"), ("pause", "2", "; did you mean \"2s\"?"),
        ("pause", "5000", "; did you mean \"5s\"?"), ("age", "7", "; did you mean \"7d\"?"),
        ("age", "604800", "; did you mean \"7d\"?"),
        ("age", "300", "; did you mean \"300d\" or \"5m\"?"),
        ("wait", "200", "; did you mean \"200s\"?"), ("wait", "20000", "; did you mean \"20s\" or"),
    ])
    func `a bare number is suggested in the unit that the option has`(
        key: String, number: String, suggestion: String
    ) {
        for kind in [ConfigValue.Kind.number(number), .string(number)] {
            let found = problems([
                "destination": .string("x"), "more": list("a"), key: kind,
            ])
            #expect(found.count == 1)
            #expect(found.first?.contains(suggestion) == true, "\(found)")
        }
    }
}
