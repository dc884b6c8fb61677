import Chat
import Sockets

/// The knowledge of the tailed files about the files and paths among which a lost file is searched
/// for.
///
/// Owned by the search; confined to the bridge's thread.
struct TailedFilesKnowledge: RotationKnowledge {
    let files: TailedFiles
    /// The last record of the lost file.
    let lost: FileRecord
    /// The names that were reported as changed since the last scan.
    let heard: ChangedNames

    func isFollowed(_ path: FilePath) -> Bool { files.configuration.follows(path) }

    func isExcluded(_ path: FilePath) -> Bool { files.configuration.excludes(path) }

    func isKnown(_ path: FilePath, _ id: FileID) -> Bool {
        files.isFollowed(id, at: path) || files.ownFiles.contains(id)
    }

    func isHeardOf(_ path: FilePath) -> Bool { heard.unmatched.contains(path) }

    func record(of file: OpenFile, _ id: FileID) -> FileRecord? {
        files.records.inactive.record(of: file, id)
    }

    func endOfIgnored(_ file: OpenFile, _ status: FileStatus) -> UInt64? {
        files.endOfIgnored(file, status)
    }

    func isCopy(_ file: OpenFile, _ status: FileStatus, of record: FileRecord) -> Bool {
        files.isCopy(file, status, of: record)
    }

    func isCopyOfAnother(_ file: OpenFile, _ status: FileStatus) -> Bool {
        let known =
            files.records.inactive.unfound(of: lost.path)
            + files.index.files(of: lost.path).map { $0.record() }
        return known.contains { $0.id != lost.id && files.isCopy(file, status, of: $0) }
    }

    func isCopyOfUnread(_ file: OpenFile, _ status: FileStatus) -> Bool {
        files.isCopyOfUnread(file, status, of: lost.path)
    }

    func placeInPart(_ file: OpenFile, _ status: FileStatus) -> UInt64? {
        let remainder = files.remainder(of: lost, file, size: status.size)
        return unsafe remainder.place(files.reader.memory)?.offset
    }

    func ignore(_ path: FilePath) { files.ignore(path, of: lost.path) }
}
