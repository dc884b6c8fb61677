import Chat

/// The names and directories that the kernel reported as changed since the last scan.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct ChangedNames {
    /// Changed paths that match a pattern.
    private(set) var names: Set<FilePath> = []
    /// Paths at which files appeared, and how often.
    ///
    /// Each time it was another file.
    private(set) var appeared: [FilePath: Int] = [:]
    /// Changed paths that match no pattern: possibly rotated files.
    private(set) var unmatched: Set<FilePath> = []
    /// Directories that appeared or disappeared.
    var directories: Set<FilePath> = []

    /// The largest number of names kept between two scans.
    private static let bound = 10_000

    /// True if nothing has to be scanned.
    ///
    /// Unmatched names alone are no reason for a scan.
    var isEmpty: Bool { names.isEmpty && directories.isEmpty }

    /// True if so many names have changed that a full scan is cheaper.
    var isFull: Bool { names.count >= Self.bound || directories.count >= Self.bound }

    /// Adds a path that matches a pattern.
    mutating func insert(_ path: FilePath, isNew: Bool) {
        guard names.count < Self.bound else { return }
        names.insert(path)
        if isNew { appeared[path, default: 0] += 1 }
    }

    /// Adds a path that matches no pattern.
    mutating func insertUnmatched(_ path: FilePath) {
        if unmatched.count < Self.bound { unmatched.insert(path) }
    }
}
