import MessageBus

/// A bridge that its `when` leaves out.
package struct LeftOutBridge: Sendable, Hashable {
    /// Which bridge.
    package let type: String
    /// What it would be called.
    package let name: String
}
