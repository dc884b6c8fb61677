/// The content of a message of the stream, and its place.
struct ReceivedBatch: Sendable {
    /// The place behind it.
    let position: StreamPosition
    /// The room of the fleet.
    let room: String
    /// The store that it comes from: that part of the subject is what is believed.
    let store: String
    /// The messages; `nil` if it is one of our own, or none at all.
    let batch: FleetBatch?
    /// Messages of the stream that come behind it at present.
    let pending: UInt64
}
