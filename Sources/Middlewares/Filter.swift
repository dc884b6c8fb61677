import MessageBus

/// Drops messages by what their text says.
///
/// A text on which a pattern is given up is dropped too, and the log says so: see `Matcher`.
package struct Filter: Middleware {
    /// What is dropped, and what is told.
    package struct Options: PluginOptions {
        @Option("A text that one of these matches is dropped.")
        package var drop: [Pattern] = []
        @Option("If there are any, a text that none of these matches is dropped.")
        package var only: [Pattern] = []
        @Option("What the sender is told; a sentence of the bus's own if it is left out.")
        package var reason: String?

        /// Makes options that drop nothing.
        package init() {}
    }

    private let drop: [Matcher]
    private let only: [Matcher]
    private let verdict: Verdict

    /// Makes a filter.
    package init(_ options: Options, _ context: Context) throws {
        drop = try options.drop.map { try Matcher($0) }
        only = try options.only.map { try Matcher($0) }
        let sentence =
            switch context.language {
            case .es: "aquí no se admite ese mensaje"
            case .en: "that message is not allowed here"
            }
        verdict = .drop((options.reason ?? sentence).onOneLine)
    }

    /// Looks for words in all texts at once: most batches hold none of them.
    package mutating func judge(_ batch: Batch) {
        if only.isEmpty, let region = batch.region,
            drop.allSatisfy({ $0.hasWord(region) == false })
        {
            return
        }
        judgeEach(batch)
    }

    /// Drops a text that matches one of `drop`, or none of `only`.
    package func handle(_ message: inout Message) throws -> Verdict {
        try message.body.withBytes { text in
            for index in drop.indices where try drop[index].matches(text) { return verdict }
            if only.isEmpty { return .pass }
            for index in only.indices where try only[index].matches(text) { return .pass }
            return verdict
        }
    }
}
