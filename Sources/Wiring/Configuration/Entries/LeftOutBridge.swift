import MessageBus

/// A bridge that its `when` leaves out.
package struct LeftOutBridge: Sendable, Hashable {
    /// The kind of bridge.
    package let type: String
    /// The name it would have.
    package let name: String
}
