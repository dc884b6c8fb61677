import MessageBus

/// A bridge with its attachment to the bus, ready to be run.
package struct SupervisedBridge: Sendable {
    let bridge: any Bridge
    let attachment: BridgeAttachment
    let isOptional: Bool
    /// Executor with threads of the bridge's own; `nil` for Swift's pool.
    let executor: (any TaskExecutor)?

    /// Makes a supervised bridge.
    package init(
        _ bridge: any Bridge, attachment: BridgeAttachment, isOptional: Bool,
        executor: (any TaskExecutor)? = nil
    ) {
        self.bridge = bridge
        self.attachment = attachment
        self.isOptional = isOptional
        attachment.condition.setOptional(isOptional)
        self.executor = executor
    }

    /// Returns the bridge with another executor.
    func on(_ executor: any TaskExecutor) -> SupervisedBridge {
        SupervisedBridge(bridge, attachment: attachment, isOptional: isOptional, executor: executor)
    }
}
