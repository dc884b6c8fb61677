import Chat
import MessageBus

extension TCP.Options {
    /// How fast new connections from one address may come.
    public struct Connects: PluginOptions {
        /// How many at once.
        @Option("Connections that may come at once.", in: 1...1_000_000)
        public var burst = 200
        /// The pause after which there may be one more.
        @Option("The pause after which one more may come.", in: .microseconds(1)...)
        public var per = Duration.milliseconds(50)

        /// Makes the defaults.
        public init() {}
    }
}
