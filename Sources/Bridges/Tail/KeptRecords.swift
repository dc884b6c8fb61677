/// What is known of files that are not followed at present: kept from an earlier run, or finished.
///
/// A file that was moved away and comes back is not read twice.
struct KeptRecords {
    private var records: [UInt64: [FileRecord]] = [:]
    private(set) var count = 0

    /// Records of files that are not there any more, at most: more than rotation leaves behind.
    static let bound = 2_000

    /// All of them.
    var all: [FileRecord] { records.values.flatMap(\.self) }

    /// Adds one; returns those that are forgotten for it, the longest unchanged ones.
    mutating func add(_ record: FileRecord) -> [FileRecord] {
        remove(record.id)
        records[record.id.inode, default: []].append(record)
        count += 1
        guard count > Self.bound else { return [] }
        let oldest = all.sorted { $0.modified < $1.modified }.prefix(Self.bound / 10)
        for record in oldest { remove(record.id) }
        return Array(oldest)
    }

    /// The record of exactly this file, as far as its numbers tell.
    func record(of id: FileID) -> FileRecord? {
        records[id.inode]?.first { $0.id == id }
    }

    /// The record that a file's content confirms.
    ///
    /// The device may have another number since the system was started anew.
    func record(of file: OpenFile, _ id: FileID) -> FileRecord? {
        let candidates = (records[id.inode] ?? []).filter {
            $0.id == id || $0.fingerprint.offset >= 16
        }
        return candidates.sorted { $0.id == id && $1.id != id }
            .first { $0.fingerprint.matches(file) }
    }

    mutating func remove(_ id: FileID) {
        guard let index = records[id.inode]?.firstIndex(where: { $0.id == id }) else { return }
        records[id.inode]?.remove(at: index)
        if records[id.inode]?.isEmpty == true { records[id.inode] = nil }
        count -= 1
    }
}
