import MessageBus

/// The result of a test of the chain.
package struct ChainTestResult: Sendable {
    /// A judgement that is not the expected one.
    package struct Mismatch: Sendable {
        /// The index of what was said.
        let index: Int
        /// The location of what was said.
        let location: ConfigLocation
        /// The expected judgement, as JSON.
        let expected: String
        /// The judgement, as JSON.
        let found: String
        /// The error of a middleware, if one threw.
        let failure: String?
        /// The label of the step that dropped it, or that changed it last.
        let step: String?
        /// The location of that step.
        let stepLocation: ConfigLocation?
    }

    /// The name of the test.
    package let name: String
    /// The judgements that are not the expected ones; none if the test has succeeded.
    package let mismatches: [Mismatch]

    /// True if everything was judged as expected.
    package var isSuccess: Bool { mismatches.isEmpty }
}
