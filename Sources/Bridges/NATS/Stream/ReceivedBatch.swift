/// The content of a message of the stream, and its place.
struct ReceivedBatch: Sendable {
    /// The position after the message.
    let position: StreamPosition
    /// The room of the fleet.
    let room: String
    /// The store that the message comes from; only that part of the subject is trusted.
    let store: String
    /// The messages; `nil` for a batch of our own, or something else.
    let batch: FleetBatch?
    /// Messages of the stream that come behind it at present.
    let pending: UInt64
}
