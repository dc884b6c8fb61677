/// The state of a source: a file's offset, an update's id.
///
/// Kept with the messages it covers.
public struct Checkpoint: Sendable, Equatable {
    /// The source's name within its bridge.
    public let source: String
    /// The state from which the source continues; empty: the source is forgotten.
    public let state: [UInt8]

    /// Makes a checkpoint.
    public init(source: String, state: [UInt8]) {
        self.source = source
        self.state = state
    }
}
