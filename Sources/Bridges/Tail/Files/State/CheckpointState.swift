/// The state of a file's checkpoint in the store.
enum CheckpointState: Equatable {
    /// The store has the present record or one that need not be replaced yet.
    case saved
    /// The record has to be saved with the next batch.
    ///
    /// - Parameter hasEarlier: whether the store has an earlier record of this file.
    case unsaved(hasEarlier: Bool)

    /// True if the record has to be saved with the next batch.
    var isUnsaved: Bool { self != .saved }

    /// True if the store has a record of the file, which has to be deleted in the end.
    var hasRecord: Bool { self != .unsaved(hasEarlier: false) }

    /// Changes a saved state; returns false if the record has to be saved anyway.
    mutating func setUnsaved() -> Bool {
        if isUnsaved { return false }
        self = .unsaved(hasEarlier: true)
        return true
    }
}
