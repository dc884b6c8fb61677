/// A message by the store that it was said into and its number there.
struct FleetReference: Sendable, Hashable {
    /// The name of the store.
    let store: String
    /// The number there.
    let number: UInt64
}
