/// The files at matching paths and the directories in which files may appear, as of the last scans.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct ScannedPaths {
    private var files: [FilePath: FileID] = [:]
    private var directories: [FilePath: FileID] = [:]

    /// Returns the file at a path.
    func file(at path: FilePath) -> FileID? { files[path] }

    /// Stores the files that a scan found.
    ///
    /// - Parameters:
    ///   - names: the paths that were looked at; those without a file have none.
    ///   - isAll: whether all paths were looked at.
    mutating func setFiles(
        _ found: [(path: FilePath, status: FileStatus)], at names: some Sequence<FilePath>,
        isAll: Bool
    ) {
        if isAll { files.removeAll(keepingCapacity: true) }
        for path in names { files[path] = nil }
        for (path, status) in found { files[path] = status.id }
    }

    /// Stores the directories that a scan found; returns those that are new, or other ones than
    /// before.
    ///
    /// - Parameter isAll: whether all directories were looked at.
    mutating func setDirectories(_ found: [FilePath: FileID], isAll: Bool) -> [FilePath] {
        let new = found.filter { directories[$0] != $1 }.map(\.key)
        directories = isAll ? found : directories.merging(found) { $1 }
        return new
    }
}
