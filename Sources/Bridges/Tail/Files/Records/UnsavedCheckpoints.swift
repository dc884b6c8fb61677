/// The checkpoints to be saved with the next batch, but for those of tailed files.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct UnsavedCheckpoints {
    /// The states by key; an empty one deletes the checkpoint.
    private var states: [String: [UInt8]] = [:]
    /// True if the result of the first scan is in a batch.
    private(set) var hasSavedFirstScan = false

    /// True if there is nothing to save.
    var isEmpty: Bool { states.isEmpty }

    /// Saves a state.
    mutating func save(_ state: [UInt8], as key: String) { states[key] = state }

    /// Deletes a checkpoint.
    mutating func delete(_ key: String) { states[key] = [] }

    /// Records that the result of the first scan is put into a batch.
    mutating func setFirstScanSaved() { hasSavedFirstScan = true }

    /// Moves the states to those of a batch.
    ///
    /// - Parameters:
    ///   - batch: the states of the batch; those of tailed files are more recent and stay.
    ///   - isComplete: whether no tailed file has to be saved by a later batch; checkpoints about
    ///     all files come after those of each file.
    mutating func move(to batch: inout [String: [UInt8]], isComplete: Bool) {
        for (key, state) in states {
            if !isComplete, key == CheckpointKey.patterns || key == CheckpointKey.known {
                continue
            }
            if batch[key] == nil { batch[key] = state }
            states[key] = nil
        }
    }
}
