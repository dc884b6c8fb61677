import MessageBus

/// The options of an entry that has a `type`.
protocol TypedEntryOptions: PluginOptions {
    /// What belongs there, in words.
    static var typeExpectation: String { get }
}
