import MessageBus

/// A bridge that is made, with what the bus knows of it.
package struct SupervisedBridge: Sendable {
    let bridge: any Bridge
    let attachment: BridgeAttachment
    let isOptional: Bool
    /// Where it runs: on threads that nobody else needs; `nil`: on those of Swift's pool.
    let executor: (any TaskExecutor)?

    /// Makes one.
    package init(
        _ bridge: any Bridge, attachment: BridgeAttachment, isOptional: Bool,
        executor: (any TaskExecutor)? = nil
    ) {
        self.bridge = bridge
        self.attachment = attachment
        self.isOptional = isOptional
        self.executor = executor
    }

    /// The same one, run elsewhere.
    func on(_ executor: any TaskExecutor) -> SupervisedBridge {
        SupervisedBridge(bridge, attachment: attachment, isOptional: isOptional, executor: executor)
    }
}
