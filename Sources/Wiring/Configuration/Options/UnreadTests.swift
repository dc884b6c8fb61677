import MessageBus

/// The tests of the chain, which mean nothing to a bus that runs: `ChainTests` reads them.
struct UnreadTests: OptionValue {
    static var expectation: String { [ChainTest].expectation }
    static var nestedOptions: [OptionDescription] { [ChainTest].nestedOptions }
    static var schema: OptionSchema { [ChainTest].schema }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> UnreadTests? {
        UnreadTests()
    }

    var rendered: String { "[]" }
}
