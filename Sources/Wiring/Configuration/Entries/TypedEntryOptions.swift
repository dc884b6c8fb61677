import MessageBus

/// The options of an entry that has a `type`.
protocol TypedEntryOptions: PluginOptions {
    /// The expected type, in words.
    static var typeExpectation: String { get }
}
