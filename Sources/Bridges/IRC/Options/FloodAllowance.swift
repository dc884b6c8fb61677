import MessageBus

/// The option `flood`: how many lines the server takes.
package struct FloodAllowance: PluginOptions {
    /// The number of lines that may go out at once.
    @Option("The lines that may go out at once.", in: 1...10_000)
    package var burst = 4
    /// The time in which as many may go out again.
    @Option("The time in which as many may go out again.", in: .milliseconds(1)...(.seconds(600)))
    package var per = Duration.seconds(2)

    /// Makes the defaults, which the strictest of the large networks takes.
    package init() {}
}
