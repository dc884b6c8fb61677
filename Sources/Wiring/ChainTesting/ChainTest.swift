import MessageBus

/// A test of the chain: the texts that are said, in order, and the judgement expected of each.
package struct ChainTest: PluginOptions {
    /// Something that is said.
    package struct Say: PluginOptions {
        /// The bridge by which it comes.
        @Option("The bridge by which it comes, by its name.")
        package var bridge: String
        /// The room; `nil` for the bridge's.
        @Option("The room it is said in.", absent: "the bridge's")
        package var room: RoomName?
        /// The sender's name, as the bridge knows it.
        @Option("The sender's name.")
        package var from = "somebody"
        /// The text.
        @Option("The text.")
        package var text: String
        /// The time since what was said before.
        @Option("The time since what was said before.")
        package var after = Duration.zero

        /// Keys that people may write for these, each with the right one.
        package static let synonyms = [
            "sender": "\"from\"", "name": "\"from\"", "user": "\"from\"", "message": "\"text\"",
            "body": "\"text\"", "wait": "\"after\"", "delay": "\"after\"",
        ]

        /// Makes something to fill in.
        package init() {}
    }

    /// The name, which is shown with the result.
    @Option("The name, which is shown with the result.")
    package var name: String
    /// The texts that are said, in order.
    @Option("The texts that are said, in this order.")
    package var say: [Say]
    /// The judgement expected of each.
    @Option("The judgement expected of each of them.")
    package var expect: [ChainExpectation]

    /// Keys that people may write for these, each with the right one.
    package static let synonyms = [
        "title": "\"name\"", "description": "\"name\"", "input": "\"say\"", "says": "\"say\"",
        "expected": "\"expect\"", "output": "\"expect\"",
    ]

    /// Makes a test to fill in.
    package init() {}

    /// Reports lists of different lengths.
    package func validate(_ check: inout OptionCheck) {
        if say.isEmpty {
            check.problem("expected at least one text, found an empty list", at: $say)
        }
        guard say.count != expect.count else { return }
        check.problem(
            """
            expected one entry for each of the \(say.count) in "say", found \(expect.count)
            """, at: $expect)
    }
}
