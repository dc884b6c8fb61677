/// The keys of the checkpoints that concern all files; that of a file is its ID.
enum CheckpointKey {
    /// The patterns that are tailed.
    static let patterns = "paths"
    /// The fact that every earlier rotated file is recorded.
    static let known = "known"
    /// The indices of numbers and dates in names.
    static let marks = "marks"
}
