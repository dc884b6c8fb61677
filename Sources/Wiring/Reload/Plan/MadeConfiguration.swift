import MessageBus

/// A configuration whose bridges and middlewares are made, and not started.
struct MadeConfiguration: Sendable {
    let configuration: Configuration
    /// The steps of the common chain, made as if they were new.
    let middleware: [Chain.Step]
    let bridges: [EntryMaker.MadeBridge]
}
