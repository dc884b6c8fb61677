/// The state of a bridge.
package enum BridgeState: String, Sendable, CaseIterable {
    /// It runs and has not said yet that it works.
    case starting
    /// It works.
    case ready
    /// It works, and its other side can't be reached.
    case degraded
    /// It has failed and is run again after a pause.
    case failed
    /// It has nothing more to do.
    case finished

    /// True if nobody has to wait for the bridge.
    package var isReady: Bool { self == .ready || self == .degraded || self == .finished }
}
