import MessageBus
import Sockets

/// A runner of tests of the chain, each with chains that have judged nothing.
package struct ChainTestRunner: Sendable {
    private let configuration: ChainConfiguration
    private let namePolicy: NamePolicy
    private let loop: EventLoop

    /// Makes a runner.
    ///
    /// - Parameter loop: the loop on which the chains judge, which has to run.
    package init(
        _ configuration: ChainConfiguration, namePolicy: NamePolicy, on loop: EventLoop
    ) {
        self.configuration = configuration
        self.namePolicy = namePolicy
        self.loop = loop
    }

    /// Runs a test.
    ///
    /// - Throws: `ConfigurationReport` if a middleware can't be made.
    package func run(_ test: ChainTest) async throws -> ChainTestResult {
        let trial = try await ChainTrial(
            configuration, bridges: Set(test.say.map(\.bridge)), namePolicy: namePolicy, on: loop)
        var mismatches: [ChainTestResult.Mismatch] = []
        for (index, say) in test.say.enumerated() {
            trial.clock.advance(by: say.after)
            guard let bridge = configuration.bridge(say.bridge),
                let attachment = trial.attachments[say.bridge]
            else { continue }
            let outcome = await trial.bus.tryOut(
                say.text, from: bridge.known(say.from), isPerson: bridge.hostsPeople,
                in: say.room?.text ?? bridge.room, by: attachment)
            if let expectation = test.expect.element(index), !expectation.isMet(by: outcome) {
                mismatches.append(
                    mismatch(outcome, expectation, index, at: test.$say[index]))
            }
        }
        return ChainTestResult(name: test.name, mismatches: mismatches)
    }

    private func mismatch(
        _ outcome: TrialOutcome, _ expectation: ChainExpectation, _ index: Int,
        at location: ConfigLocation
    ) -> ChainTestResult.Mismatch {
        let label =
            outcome.dropStep
            ?? (outcome.drop == nil ? outcome.traces.last?.step : nil)
        return ChainTestResult.Mismatch(
            index: index, location: location, expected: expectation.rendered,
            found: ChainExpectation.found(outcome), failure: outcome.failure.map { "\($0.error)" },
            step: label, stepLocation: label.flatMap(configuration.location(ofStep:)))
    }
}

extension Array {
    fileprivate func element(_ index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}

extension ChainExpectation {
    /// Returns true if a judgement is the expected one.
    func isMet(by outcome: TrialOutcome) -> Bool {
        switch self {
        case .pass(let text):
            return outcome.drop == nil && text.map { $0 == outcome.message.text } ?? true
        case .drop(let name, let reason):
            guard let drop = outcome.drop else { return false }
            let type = outcome.dropStep.map(Self.type(ofStep:))
            guard name == type || name == drop.code else { return false }
            return reason.map { drop.reason.contains($0) || $0.isEmpty } ?? true
        }
    }

    /// Returns a judgement in the form in which one is expected.
    static func found(_ outcome: TrialOutcome) -> String {
        guard let drop = outcome.drop else {
            return ChainExpectation.pass(text: outcome.message.text).rendered
        }
        let type = outcome.dropStep.map(Self.type(ofStep:))
        let code = type == nil || drop.code == "dropped" ? "" : ",\"code\":\(drop.code.quoted)"
        return """
            {"drop":\((type ?? drop.code).quoted)\(code),"reason":\(drop.reason.quoted)}
            """
    }

    /// Returns the type of a step by its label, `middleware[1] filter`.
    private static func type(ofStep label: String) -> String {
        label.split(separator: " ").last.map(String.init) ?? label
    }
}
