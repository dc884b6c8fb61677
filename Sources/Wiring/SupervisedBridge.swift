import MessageBus

/// A bridge with its attachment to the bus, ready to be run.
package struct SupervisedBridge: Sendable {
    let bridge: any Bridge
    let attachment: BridgeAttachment
    let isOptional: Bool
    /// The treatment of a failure before the bridge has ever worked.
    let firstFailure: FirstFailure
    /// The course of its runs.
    let report: RunReport
    /// Executor with threads of the bridge's own; `nil` for Swift's pool.
    let executor: (any TaskExecutor)?

    /// The treatment of a failure before a bridge has ever worked.
    enum FirstFailure: Sendable {
        /// It stops the daemon, unless the bridge is optional.
        case stops
        /// It is reported, and the bridge is not run again unless it is optional.
        case isReported
        /// The bridge is run again after a pause.
        case isRetried
    }

    /// Makes a supervised bridge.
    package init(
        _ bridge: any Bridge, attachment: BridgeAttachment, isOptional: Bool,
        executor: (any TaskExecutor)? = nil
    ) {
        self.init(bridge, attachment, isOptional, .stops, executor)
    }

    private init(
        _ bridge: any Bridge, _ attachment: BridgeAttachment, _ isOptional: Bool,
        _ firstFailure: FirstFailure, _ executor: (any TaskExecutor)?
    ) {
        self.bridge = bridge
        self.attachment = attachment
        self.isOptional = isOptional
        attachment.condition.setOptional(isOptional)
        self.firstFailure = firstFailure
        self.executor = executor
        report = RunReport()
    }

    /// Returns the bridge with another executor.
    func on(_ executor: any TaskExecutor) -> SupervisedBridge {
        SupervisedBridge(bridge, attachment, isOptional, firstFailure, executor)
    }

    /// Returns the bridge for a run that has not begun, with another attachment.
    func renewed(
        _ attachment: BridgeAttachment, firstFailure: FirstFailure, on executor: any TaskExecutor
    ) -> SupervisedBridge {
        SupervisedBridge(bridge, attachment, isOptional, firstFailure, executor)
    }
}
