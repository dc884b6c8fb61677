import MessageBus

/// A configuration with everything it asks for made, and nothing started.
struct MadeConfiguration: Sendable {
    let configuration: Configuration
    /// The steps of the common chain, made as if they were new.
    let middleware: [Chain.Step]
    let bridges: [EntryMaker.MadeBridge]
}
