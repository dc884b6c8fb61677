import MessageBus

/// A bridge that is made, with what the bus knows of it.
package struct SupervisedBridge: Sendable {
    let bridge: any Bridge
    let intake: BridgeAttachment
    let isOptional: Bool
    /// Where it runs: on threads that nobody else needs; `nil`: on those of Swift's pool.
    let executor: (any TaskExecutor)?

    /// Makes one.
    package init(
        _ bridge: any Bridge, intake: BridgeAttachment, isOptional: Bool,
        executor: (any TaskExecutor)? = nil
    ) {
        self.bridge = bridge
        self.intake = intake
        self.isOptional = isOptional
        self.executor = executor
    }

    /// The same one, run elsewhere.
    func on(_ executor: any TaskExecutor) -> SupervisedBridge {
        SupervisedBridge(bridge, intake: intake, isOptional: isOptional, executor: executor)
    }
}
