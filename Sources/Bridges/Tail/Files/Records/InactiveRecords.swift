import Chat

/// The records of files that are not tailed at present: restored from an earlier run, or of
/// finished files.
///
/// They keep a file that was moved away and back from being read twice. Owned by `TailedFiles`;
/// confined to the bridge's thread.
struct InactiveRecords {
    private var records: [UInt64: [FileRecord]] = [:]
    private(set) var count = 0
    /// Records whose files have not been searched for yet, by path.
    private var unfound: [FilePath: [FileRecord]] = [:]

    /// Seconds after which the record of a missing file is deleted: 30 days.
    static let maxAge: Int64 = 30 * 86_400

    /// All records.
    var all: [FileRecord] { records.values.flatMap(\.self) }

    /// Adds a record.
    ///
    /// - Parameter isUnfound: whether its file has still to be looked for.
    mutating func insert(_ record: FileRecord, isUnfound: Bool = false) {
        remove(record.id)
        records[record.id.inode, default: []].append(record)
        count += 1
        if isUnfound { unfound[record.path, default: []].append(record) }
    }

    /// Returns the record of the last file that had a path.
    func last(of path: FilePath) -> FileRecord? {
        records.values.lazy.flatMap(\.self).filter { $0.path == path }
            .max { $0.modified < $1.modified }
    }

    /// Returns the record with this ID.
    func record(of id: FileID) -> FileRecord? {
        records[id.inode]?.first { $0.id == id }
    }

    /// Returns the record that a file's content confirms.
    ///
    /// The device number may have changed at a reboot.
    func record(of file: OpenFile, _ id: FileID) -> FileRecord? {
        guard let same = records[id.inode] else { return nil }
        let size = (try? file.status().size) ?? 0
        let candidates = same.filter { record in
            let read = record.fingerprint.offset
            // A finished file of a few bytes may be deleted, and its number reused.
            let isCertain = !record.isFinished || size == read
            return read >= 16 || (record.id == id && isCertain)
        }
        return candidates.sorted { $0.id == id && $1.id != id }
            .first { $0.matches(file) }
    }

    mutating func remove(_ id: FileID) {
        guard let index = records[id.inode]?.firstIndex(where: { $0.id == id }) else { return }
        records[id.inode]?.remove(at: index)
        if records[id.inode]?.isEmpty == true { records[id.inode] = nil }
        count -= 1
    }

    // MARK: - Records whose files have not been searched for yet

    /// True if files have still to be searched for.
    var hasUnfound: Bool { !unfound.isEmpty }

    /// The records whose files have still to be searched for.
    var allUnfound: [FileRecord] { unfound.values.flatMap(\.self) }

    /// Returns the records of a path whose files have still to be searched for.
    func unfound(of path: FilePath) -> [FileRecord] { unfound[path] ?? [] }

    /// Returns true if the file of a record has still to be searched for.
    func isUnfound(_ record: FileRecord) -> Bool {
        unfound[record.path]?.contains { $0.id == record.id } == true
    }

    /// Marks the file of a record as found or searched for.
    mutating func setFound(_ record: FileRecord) {
        unfound[record.path]?.removeAll { $0.id == record.id }
        if unfound[record.path]?.isEmpty == true { unfound[record.path] = nil }
    }
}
