import Chat
import Sockets

/// Files that were there before what is followed beside them was first followed: rotated ones, whose
/// lines nobody asked for, and copies of what was read.
///
/// A file is known by its number, and by what was in it: its number is another file's when it is
/// gone, and a program that copies may write over it. They are kept like what is followed, so that
/// a later run knows what is new. Confined to the bridge's thread.
struct IgnoredFiles {
    private var contents: [FileID: FileRecord] = [:]

    /// Bytes from which on a file that has grown can be told from another one that begins alike.
    private static let certain: UInt64 = 16

    /// What the source of one is called begins so, its numbers follow.
    static let sourcePrefix = "passed:"

    /// The source of a record of one.
    static func source(_ record: FileRecord) -> String { sourcePrefix + record.source }

    /// All of them.
    var all: [FileRecord] { Array(contents.values) }

    /// Takes what an earlier run has kept.
    mutating func restore(_ record: FileRecord) { contents[record.id] = record }

    /// Notes a file as it is; returns what is to be kept of it, or `nil` if it can't be read.
    mutating func note(_ path: FilePath, of live: FilePath) -> FileRecord? {
        guard let file = try? OpenFile(path), let status = try? file.status(), status.isRegular,
            let content = try? FileFingerprint(of: file, upTo: status.size)
        else { return nil }
        // Without the bytes themselves.
        let fingerprint = FileFingerprint(
            offset: content.offset, head: content.head, sum: content.sum)
        let record = FileRecord(
            id: status.id, fingerprint: fingerprint, path: live, target: path,
            modified: status.modified, isFinished: true)
        contents[status.id] = record
        return record
    }

    mutating func remove(_ id: FileID) { contents[id] = nil }

    /// Whether a file of this number was passed over.
    func contains(_ id: FileID) -> Bool { contents[id] != nil }

    /// How much of a file was there when it was passed over; `nil` if it was not, or is another one
    /// by now.
    func size(of file: OpenFile, _ status: FileStatus) -> UInt64? {
        guard let content = contents[status.id]?.fingerprint else { return nil }
        let isAsItWas = status.size == content.offset
        guard isAsItWas || content.offset >= Self.certain, content.matches(file) else { return nil }
        return content.offset
    }
}
