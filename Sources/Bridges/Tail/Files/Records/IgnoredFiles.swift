import Chat
import Sockets

/// The rotated files that existed before their live file was first tailed, whose lines nobody asked
/// for, and the copies of files that were read.
///
/// A file is recognized by its inode number and its content: the number is reused once the file is
/// deleted, and a copying program may overwrite the file. The records are saved like those of
/// tailed files, so that a later run can tell what is new. Owned by `TailedFiles`; confined to the
/// bridge's thread.
struct IgnoredFiles {
    private var contents: [FileID: FileRecord] = [:]

    /// The fewest bytes that distinguish a file that has grown from another one with the same
    /// beginning.
    private static let certain: UInt64 = 16

    /// The prefix of a record's checkpoint key; device and inode number follow.
    static let keyPrefix = "passed:"

    /// Returns the checkpoint key of a record.
    static func key(_ record: FileRecord) -> String { keyPrefix + record.key }

    /// All records.
    var all: [FileRecord] { Array(contents.values) }

    /// Adds a record that an earlier run saved.
    mutating func restore(_ record: FileRecord) { contents[record.id] = record }

    /// Adds a file with its present content.
    ///
    /// Returns the record to save, or `nil` if the file can't be read.
    mutating func insert(_ path: FilePath, of live: FilePath) -> FileRecord? {
        guard let file = try? OpenFile(path), let status = try? file.status(), status.isRegular,
            let content = try? FileFingerprint(of: file, upTo: status.size)
        else { return nil }
        // The saved form has no bytes.
        let fingerprint = FileFingerprint(
            offset: content.offset, head: content.head, sum: content.sum)
        let record = FileRecord(
            id: status.id, fingerprint: fingerprint, path: live, target: path,
            modified: status.modified, isFinished: true)
        contents[status.id] = record
        return record
    }

    mutating func remove(_ id: FileID) { contents[id] = nil }

    /// Returns true if a file of this ID is ignored.
    func contains(_ id: FileID) -> Bool { contents[id] != nil }

    /// Returns the size that a file had when it was ignored; `nil` if it was not, or if another
    /// file has its ID by now.
    func size(of file: OpenFile, _ status: FileStatus) -> UInt64? {
        guard let content = contents[status.id]?.fingerprint else { return nil }
        let isAsItWas = status.size == content.offset
        guard isAsItWas || content.offset >= Self.certain, content.matches(file) else { return nil }
        return content.offset
    }
}
