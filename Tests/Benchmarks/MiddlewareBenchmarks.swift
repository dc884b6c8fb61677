import MessageBus
import Patterns
import Middlewares
import TestSupport

extension [Benchmark] {
    /// The steps of the chain, one by one and three in a row.
    static func middlewares() throws -> [Benchmark] {
        let context = Context.make(from: .warning)
        var limit = Limit.Options()
        limit.messages = 1_000_000
        var dedupe = Dedupe.Options()
        dedupe.within = .seconds(1)
        return try [
            judging("nothing", [Nothing()]),
            judging("validate", [Validate(.init(), context)]),
            judging("limit", [Limit(limit, context)]),
            judging("filter, a word", [filter("(?i)casino")]),
            judging("filter, three words", [filter("(?i)casino|viagra|crypto")]),
            judging("filter, a general expression", [filter("\\bcas[ai]no\\b")]),
            judging("replace, no match", [replace("\\bcas[ai]no\\b", with: "•••")]),
            judging("redact, nothing to mask", [Redact(.init())]),
            judging("dedupe", [Dedupe(dedupe, context)], areDifferent: true),
            judging("log, below its level", [LogMessages(.init(), context)]),
            judging("log, shown (without writing it)", [LogMessages(.init(), shown(context))]),
            judging(
                "validate, limit, filter (a word)",
                [Validate(.init(), context), Limit(limit, context), filter("(?i)casino")]),
        ]
    }

    private static func judging(
        _ name: String, _ middlewares: [any Middleware], areDifferent: Bool = false
    ) -> Benchmark {
        let batch = Samples.batch(areDifferent: areDifferent)
        let chain = Chain(
            middlewares.map {
                Chain.Step(label: "benchmark", condition: Condition(), middleware: $0)
            })
        return Benchmark("judge: \(name)", lines: batch.count) {
            // Time goes by, so that nobody says too much and nothing was said just before.
            batch.arena.uptime += 10_000_000_000
            chain.judge(batch)
            precondition(batch.drops.isEmpty, "what is dropped costs something else")
        }
    }

    private static func filter(_ pattern: String) throws -> Filter {
        var options = Filter.Options()
        options.drop = [try Pattern(pattern)]
        return try Filter(options, .make())
    }

    private static func replace(_ pattern: String, with text: String) throws -> Replace {
        var rule = Replace.Rule()
        rule.find = try Pattern(pattern)
        rule.with = text
        var options = Replace.Options()
        options.rules = [rule]
        return try Replace(options, .make())
    }

    /// A context whose log shows messages to somebody who throws them away.
    private static func shown(_ context: Context) -> Context {
        Context(
            name: context.name, language: context.language, log: Log(from: .info) { _ in },
            executor: context.executor, files: { _ in RecordedLines() })
    }
}

/// A step that does nothing, to measure the cost of a step.
private struct Nothing: Middleware {
    func handle(_ message: inout Message) -> Verdict { .pass }
}
