/// What a source has reached: a file's offset, an update's id.
///
/// Kept with the messages it covers.
public struct Checkpoint: Sendable, Equatable {
    /// Which source; the bridge's name comes in front of it.
    public let source: String
    /// What the source needs to go on from there; empty: the source is forgotten.
    public let state: [UInt8]

    /// Makes one.
    public init(source: String, state: [UInt8]) {
        self.source = source
        self.state = state
    }
}
