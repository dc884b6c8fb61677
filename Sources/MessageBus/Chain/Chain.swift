/// The middlewares that judge messages, one after the other.
///
/// Confined to the bus's loop.
package final class Chain {
    /// One place in the chain: a middleware and the condition for messages that it judges.
    package struct Step: Sendable {
        /// The step's index and type, as `puente why` shows them: `middleware[1] filter`.
        package private(set) var label: String
        /// The name under which the step's drops are counted: its type, or its entry's `label`.
        package let name: String
        package let condition: Condition
        let isPlain: Bool
        package var middleware: any Middleware
        /// The counters of the step; `nil` in a chain that only changes what somebody is given.
        fileprivate var statistics: StepStatistics?
        private let make: @Sendable () throws -> any Middleware

        /// Makes a step.
        ///
        /// - Parameters:
        ///   - name: the name under which its drops are counted; `nil` for the last word of its
        ///     label, the type.
        ///   - fold: makes names comparable, as the bus does.
        ///   - make: makes another middleware like this one that has judged nothing; without it,
        ///     copies of the middleware as it is now take its place.
        package init(
            label: String, name: String? = nil, condition: Condition,
            middleware: any Middleware, fold: (String) -> String = NamePolicy().fold,
            make: (@Sendable () throws -> any Middleware)? = nil
        ) {
            self.label = label
            self.name = name ?? label.split(separator: " ").last.map(String.init) ?? label
            self.condition = condition.folded(by: fold)
            isPlain = condition.isPlain
            self.middleware = middleware
            self.make = make ?? { middleware }
        }

        /// Returns the same step, with all it has counted, under another label.
        func labelled(_ label: String) -> Step {
            var step = self
            step.label = label
            return step
        }

        /// Returns the same step for another place: it has judged nothing, and shares nothing.
        func renewed() -> Step {
            var step = self
            step.statistics = nil
            do {
                step.middleware = try make()
            } catch {
                step.middleware = UnmadeMiddleware(reason: "\(error)")
            }
            return step
        }
    }

    package private(set) var steps: [Step]
    /// Set by the bus that the chain becomes part of.
    var owner = Confinement()
    /// The same steps for quoted words: made once, because making a step may take milliseconds.
    private var stepsForQuotations: [Step]?
    private var statistics: BusStatistics?

    /// Makes a chain in the order of the file.
    package init(_ steps: [Step] = []) { self.steps = steps }

    /// True if there are no steps, so that every message passes.
    package var isEmpty: Bool { steps.isEmpty }

    /// Returns a chain of the same steps that has judged nothing and shares no state with this one.
    package func renewed() -> Chain { Chain(steps.map { $0.renewed() }) }

    /// Returns a chain of the same steps for quoted words: judging them changes neither this chain
    /// nor the next such chain, unless a step keeps state outside itself.
    func forQuotations() -> Chain {
        let steps = stepsForQuotations ?? steps.map { $0.renewed() }
        stepsForQuotations = steps
        return Chain(steps)
    }

    /// A step that takes the place of another in a chain.
    package enum Successor: Sendable {
        /// The step at an index of the present chain, with all it has counted, under another label.
        case kept(index: Int, label: String)
        /// A step that has judged nothing.
        case new(Step)
    }

    /// Exchanges the steps, between two messages.
    ///
    /// - Parameter other: the chain whose steps are kept; `nil`: this one.
    package func exchange(with places: [Successor], from other: Chain? = nil) {
        owner.assertOwned()
        let present = (other ?? self).steps
        steps = places.map { place in
            switch place {
            case .kept(let index, let label): present[index].labelled(label)
            case .new(let step): step
            }
        }
        stepsForQuotations = nil
        if let statistics { count(in: statistics) }
    }

    /// Counts the steps' drops from now on, including those of steps that are added later.
    func count(in statistics: BusStatistics) {
        self.statistics = statistics
        for index in steps.indices {
            steps[index].statistics = statistics.step(named: steps[index].name)
        }
    }

    /// Judges a batch.
    ///
    /// Dropped messages stay in it, marked, with the reasons in `drops`.
    package func judge(_ batch: Batch) {
        owner.assertOwned()
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
            if batch.pass.drops.count > dropsBefore {
                steps[index].statistics?.record(batch.pass.drops[dropsBefore...])
            }
        }
    }

    /// Judges copies of messages and their quotations, and returns those that pass.
    ///
    /// - Parameter original: returns a quoted message by its number.
    package func judge(
        _ messages: [Message], original: (MessageNumber) -> Message? = { _ in nil }
    ) -> [Message] {
        guard let room = messages.first?.room else { return [] }
        let batch = Batch(MessageArena(messages, in: room))
        judge(batch)
        judgeQuotations(in: batch, original: original)
        return batch.passed
    }
}

/// A stand-in for a middleware that could be made at the start and can't be made again.
private struct UnmadeMiddleware: Middleware {
    let reason: String

    func handle(_ message: inout Message) throws -> Verdict { throw BridgeError(reason) }
}
