import MessageBus

/// Stands in for a middleware with bounded options.
struct FakeLimit: FakeMiddleware {
    struct Options: PluginOptions {
        @Option("How many messages.", in: 1...)
        var messages = 20

        @Option("In which time.", above: .zero)
        var per = Duration.seconds(10)

        @Option("How many at once.", in: 1...)
        var burst: Int?

        @Option("Who is counted.")
        var by = By.sender

        func validate(_ check: inout OptionCheck) {
            if let burst, burst < messages {
                check.problem("expected at least messages, \(messages), found \(burst)", at: $burst)
            }
        }
    }

    enum By: String, CaseIterable, OptionValue { case sender, bridge, room }

    let options: Options

    init(_ options: Options) { self.options = options }
}
