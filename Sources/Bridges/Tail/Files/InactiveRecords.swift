import Chat

/// What is known of files that are not followed at present: kept from an earlier run, or finished.
///
/// A file that was moved away and comes back is not read twice.
struct InactiveRecords {
    private var records: [UInt64: [FileRecord]] = [:]
    private(set) var count = 0
    /// Those whose files have not been looked for yet, by the name that they had.
    private var unfound: [FilePath: [FileRecord]] = [:]

    /// Seconds after which what is known of a file that is gone is forgotten: 30 days.
    static let longest: Int64 = 30 * 86_400

    /// All of them.
    var all: [FileRecord] { records.values.flatMap(\.self) }

    /// Adds one.
    ///
    /// - Parameter isUnfound: whether its file has still to be looked for.
    mutating func add(_ record: FileRecord, isUnfound: Bool = false) {
        remove(record.id)
        records[record.id.inode, default: []].append(record)
        count += 1
        if isUnfound { unfound[record.path, default: []].append(record) }
    }

    /// The record of the file that had a name last.
    func last(of path: FilePath) -> FileRecord? {
        records.values.lazy.flatMap(\.self).filter { $0.path == path }
            .max { $0.modified < $1.modified }
    }

    /// The record of exactly this file, as far as its numbers tell.
    func record(of id: FileID) -> FileRecord? {
        records[id.inode]?.first { $0.id == id }
    }

    /// The record that a file's content confirms.
    ///
    /// The device may have another number since the system was started anew.
    func record(of file: OpenFile, _ id: FileID) -> FileRecord? {
        guard let same = records[id.inode] else { return nil }
        let size = (try? file.status().size) ?? 0
        let candidates = same.filter { record in
            let read = record.fingerprint.offset
            // What was done with after a few bytes may be gone, and its number another file's.
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

    // MARK: - Those that have not been looked for yet

    /// Whether files have still to be looked for.
    var hasUnfound: Bool { !unfound.isEmpty }

    /// Those whose files have still to be looked for.
    var allUnfound: [FileRecord] { unfound.values.flatMap(\.self) }

    /// Those of one name.
    func unfound(of path: FilePath) -> [FileRecord] { unfound[path] ?? [] }

    /// Whether the file of a record has still to be looked for.
    func isUnfound(_ record: FileRecord) -> Bool {
        unfound[record.path]?.contains { $0.id == record.id } == true
    }

    /// Notes that the file of a record has been found, or looked for.
    mutating func setFound(_ record: FileRecord) {
        unfound[record.path]?.removeAll { $0.id == record.id }
        if unfound[record.path]?.isEmpty == true { unfound[record.path] = nil }
    }
}
