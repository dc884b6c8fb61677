/// The middlewares that judge what comes in, one after the other.
///
/// Confined to the bus's loop.
package final class Chain {
    /// One place in the chain: a middleware and what it judges.
    package struct Step {
        /// Its place and type, as `puente why` shows them: `middleware[1] filter`.
        package let label: String
        package let condition: Condition
        let isPlain: Bool
        package var middleware: any Middleware
        private let make: @Sendable () throws -> any Middleware

        /// Makes a step.
        ///
        /// - Parameters:
        ///   - fold: makes names comparable, as the bus does.
        ///   - make: makes another one like it that has judged nothing; without it, copies of the
        ///     middleware as it is now take its place.
        package init(
            label: String, condition: Condition, middleware: any Middleware,
            fold: (String) -> String = NamePolicy().fold,
            make: (@Sendable () throws -> any Middleware)? = nil
        ) {
            self.label = label
            self.condition = condition.folded(by: fold)
            isPlain = condition.isPlain
            self.middleware = middleware
            self.make = make ?? { middleware }
        }

        /// The same step at another place: it has judged nothing, and shares nothing.
        func renewed() -> Step {
            var step = self
            do {
                step.middleware = try make()
            } catch {
                step.middleware = UnmadeMiddleware(reason: "\(error)")
            }
            return step
        }
    }

    package private(set) var steps: [Step]
    /// The same steps for words that messages quote: made once, for a step may take milliseconds.
    private lazy var stepsForQuotations = steps.map { $0.renewed() }

    /// Makes a chain in the order of the file.
    package init(_ steps: [Step] = []) { self.steps = steps }

    /// Whether everything passes.
    package var isEmpty: Bool { steps.isEmpty }

    /// A chain of the same steps that has judged nothing: what it does is not seen in this one.
    package func renewed() -> Chain { Chain(steps.map { $0.renewed() }) }

    /// A chain of the same steps for words that a message quotes: what it does is not seen in this
    /// one, nor by the next such words, unless a step keeps its state elsewhere than in itself.
    func forQuotations() -> Chain { Chain(stepsForQuotations) }

    /// Judges a batch.
    ///
    /// What is dropped stays in it, marked, with its reason in `drops`.
    package func judge(_ batch: Batch) {
        for index in steps.indices {
            let dropsBefore = batch.pass.drops.count
            if steps[index].isPlain, !batch.hasOtherKinds {
                steps[index].middleware.judge(batch)
            } else {
                if steps[index].condition.select(in: batch) {
                    steps[index].middleware.judge(batch)
                }
                batch.clearPassedOver()
            }
            batch.pass.finishStep(steps[index].label, dropsFrom: dropsBefore)
        }
    }

    /// Judges copies of messages, and what they quote, and returns those that pass.
    ///
    /// - Parameter original: finds a message that is quoted, by its number.
    package func judge(
        _ messages: [Message], original: (UInt64) -> Message? = { _ in nil }
    ) -> [Message] {
        guard let room = messages.first?.room else { return [] }
        let batch = Batch(MessageArena(messages, in: room))
        judge(batch)
        judgeQuotations(in: batch, original: original)
        return batch.passed
    }
}

/// Stands in for a middleware that could be made at the start and can't be made again.
private struct UnmadeMiddleware: Middleware {
    let reason: String

    func handle(_ message: inout Message) throws -> Verdict { throw BridgeError(reason) }
}
