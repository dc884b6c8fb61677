import Chat

/// Names that no file has at present, each with what was last known of its file; the last of them at
/// the end.
///
/// They are kept an eye on: a file that came and went between two looks was rotated away after the
/// one before. Confined to the bridge's thread.
struct MissingNames {
    private(set) var records: [FileRecord] = []

    /// Names kept from one look to the next.
    private static let bound = 128

    /// Whether a name is among them.
    func contains(_ path: FilePath) -> Bool { records.contains { $0.path == path } }

    /// Notes that a name has no file any more, and what its last one was.
    mutating func note(_ record: FileRecord) {
        records.removeAll { $0.path == record.path }
        records.append(record)
    }

    /// Forgets names that have a file again.
    mutating func forget(_ paths: Set<FilePath>) { records.removeAll { paths.contains($0.path) } }

    /// Forgets the first ones, down to the bound.
    mutating func shorten() { records.removeFirst(max(0, records.count - Self.bound)) }
}
