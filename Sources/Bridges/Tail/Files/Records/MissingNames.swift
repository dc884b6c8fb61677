import Chat

/// The paths at which there is no file at present, each with the record of its last file; the
/// latest path comes last.
///
/// A file that comes and goes between two scans is rotated after the one before, so these paths are
/// searched at each scan. Owned by `TailedFiles`; confined to the bridge's thread.
struct MissingNames {
    private(set) var records: [FileRecord] = []

    /// The largest number of paths kept between two scans.
    private static let bound = 128

    /// Returns true if a path is missing.
    func contains(_ path: FilePath) -> Bool { records.contains { $0.path == path } }

    /// Adds a path with the record of its last file.
    mutating func insert(_ record: FileRecord) {
        records.removeAll { $0.path == record.path }
        records.append(record)
    }

    /// Removes paths that have a file again.
    mutating func forget(_ paths: Set<FilePath>) { records.removeAll { paths.contains($0.path) } }

    /// Removes the oldest paths beyond the bound.
    mutating func shorten() { records.removeFirst(max(0, records.count - Self.bound)) }
}
