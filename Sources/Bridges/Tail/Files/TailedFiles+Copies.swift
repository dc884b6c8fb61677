import Chat
import Sockets

// What is a copy of what is followed, or was: it has nothing that is not read where it was written.
//
// That two files begin alike says little: each generation of a log may begin with the same header.
extension TailedFiles {
    /// What a file still has of what a record says was read.
    func remainder(of record: FileRecord, _ file: OpenFile, size: UInt64) -> Remainder {
        tailed(of: record).map { Remainder($0, file, size: size) }
            ?? Remainder(record, file, size: size)
    }

    /// Whether a file that is found at a path is followed.
    ///
    /// What has no name and is not open may have been deleted: its number is another file's then.
    func isFollowed(_ id: FileID, at path: FilePath) -> Bool {
        guard let tailed = tailedFiles[id] else { return false }
        guard tailed.gone != nil, tailed.file == nil, let file = try? OpenFile(path),
            (try? file.status().id) == id, tailed.isWrittenAnew(file)
        else { return true }
        letGo(changed: tailed)
        return false
    }

    /// Lets go of an old file that has become something else: if that has not been read, it is found
    /// when names are looked at, or what was copied is truncated.
    func letGo(changed old: TailedFile) {
        tailLog.detail("\(old.place ?? old.path) has been written anew and is let go")
        checkpoints[old.record().source] = []
        remove(old)
    }

    /// Whether a file is a copy of another one, and has nothing besides.
    func isCopy(_ file: OpenFile, _ status: FileStatus, of record: FileRecord) -> Bool {
        let fingerprint = record.fingerprint
        if status.size < fingerprint.offset {
            return remainder(of: record, file, size: status.size).isAll(reader.memory)
        }
        guard fingerprint.offset > 0, record.matches(file) else { return false }
        if status.size == fingerprint.offset { return true }
        // What was read to its end had nothing more that could have been copied.
        guard let original = tailed(of: record) else { return !record.isFinished }
        return goesOn(file, status, as: original)
    }

    /// Whether a file is a copy of one of a name of which nothing has been read yet.
    func isCopyOfUnread(_ file: OpenFile, _ status: FileStatus, of path: FilePath) -> Bool {
        tailedFiles(of: path).contains { original in
            let first = original.firstBytes
            guard original.offset == 0, !first.isEmpty, original.id != status.id,
                (try? file.bytes(first.count, at: 0)) == first
            else { return false }
            return goesOn(file, status, as: original)
        }
    }

    /// The follower that has read what a record says; none if it was begun anew since, or the number
    /// is another file's.
    private func tailed(of record: FileRecord) -> TailedFile? {
        guard let tailed = tailedFiles[record.id], tailed.path == record.path,
            tailed.fingerprint.goesOn(from: record.fingerprint)
        else { return nil }
        return tailed
    }

    /// Whether a file that begins with what was read of another one has nothing that is not there as
    /// well.
    ///
    /// Where the other one was truncated by now it may have: it is looked for when that is read.
    private func goesOn(_ file: OpenFile, _ status: FileStatus, as original: TailedFile) -> Bool {
        guard reopen(original), let other = original.file, let size = try? other.status().size,
            original.fingerprint.matches(other)
        else { return original.offset > 0 }
        guard status.size <= size else { return false }
        var place = original.offset
        let end = min(status.size, place + Self.comparedBytes)
        while place < end {
            let count = Int(min(64 << 10, end - place))
            guard let bytes = try? file.bytes(count, at: place), !bytes.isEmpty,
                (try? other.bytes(bytes.count, at: place)) == bytes
            else { return false }
            place += UInt64(bytes.count)
        }
        return true
    }

    /// Bytes behind what was read that are compared: no two generations have as many in common.
    private static let comparedBytes: UInt64 = 1 << 20
}
