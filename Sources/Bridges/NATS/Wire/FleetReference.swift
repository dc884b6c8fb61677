/// A reference to a message: the store that first kept it, and its number there.
struct FleetReference: Sendable, Hashable {
    /// The name of the store.
    let store: String
    /// The number there.
    let number: UInt64
}
