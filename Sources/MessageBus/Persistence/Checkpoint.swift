/// The state from which a bridge continues: a file's offset, an update's id.
///
/// Kept with the messages it covers.
public struct Checkpoint: Sendable, Equatable {
    /// The name of what the state belongs to, within its bridge.
    public let key: String
    /// The state; empty: the checkpoint is removed.
    public let state: [UInt8]

    /// Makes a checkpoint.
    public init(key: String, state: [UInt8]) {
        self.key = key
        self.state = state
    }
}
