import MessageBus

/// The option `batch`: messages that go out together.
package struct BatchOptions: PluginOptions {
    /// Messages at once; with more than one, what is sent is a list.
    @Option("Messages at once; with more than one, what is sent is a JSON array.", in: 1...1_000)
    package var messages = 1
    /// The time for which the first waits for others.
    @Option("How long the first one waits for others.", in: .zero ... .seconds(3_600))
    package var wait = Duration.zero

    /// Makes the defaults.
    package init() {}

    /// Reports a wait that has no effect.
    package func validate(_ check: inout OptionCheck) {
        if messages == 1, wait > .zero {
            check.warning("a message that goes out alone waits for no other", at: $wait)
        }
    }
}
