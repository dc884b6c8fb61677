import Chat

/// What was heard of names and directories since they were last looked at.
///
/// Confined to the bridge's thread.
struct ChangedNames {
    /// Names that match.
    private(set) var names: Set<FilePath> = []
    /// Names that files got, and how often: each time it was another file.
    private(set) var appeared: [FilePath: Int] = [:]
    /// Names that do not match: perhaps what rotation made of those that do.
    private(set) var unmatched: Set<FilePath> = []
    /// Directories that appeared or are gone.
    var directories: Set<FilePath> = []

    /// Names remembered between two looks.
    private static let bound = 10_000

    /// Whether nothing has to be looked at.
    ///
    /// What does not match is no reason by itself.
    var isEmpty: Bool { names.isEmpty && directories.isEmpty }

    /// Whether there are so many that everything should be looked at instead.
    var isFull: Bool { names.count >= Self.bound || directories.count >= Self.bound }

    /// Adds a name that matches.
    mutating func add(_ path: FilePath, isNew: Bool) {
        guard names.count < Self.bound else { return }
        names.insert(path)
        if isNew { appeared[path, default: 0] += 1 }
    }

    /// Adds a name that does not match.
    mutating func addUnmatched(_ path: FilePath) {
        if unmatched.count < Self.bound { unmatched.insert(path) }
    }
}
