import Chat
import Sockets

// Copies of files that are or were tailed: everything in them is read from the original.
//
// Equal beginnings alone prove nothing: every rotated log may begin with the same header.
extension TailedFiles {
    /// Returns the part that a file still has of the bytes that were read according to a record.
    func remainder(of record: FileRecord, _ file: OpenFile, size: UInt64) -> Remainder {
        tailed(of: record).map { Remainder($0, file, size: size) }
            ?? Remainder(record, file, size: size)
    }

    /// Returns true if a file found at a path is tailed.
    ///
    /// A file without a path that is not open may be deleted, and its number reused.
    func isFollowed(_ id: FileID, at path: FilePath) -> Bool {
        guard let tailed = index[id] else { return false }
        guard tailed.isLost, tailed.file == nil, let file = try? OpenFile(path),
            (try? file.status().id) == id, tailed.reading.isWrittenAnew(file)
        else { return true }
        dropRewritten(tailed)
        return false
    }

    /// Stops tailing an old file that was overwritten.
    ///
    /// If the new content is unread, it is found by a scan or when its original is truncated.
    func dropRewritten(_ old: TailedFile) {
        tailLog.debug(
            "\(old.discovery.place ?? old.path) has been overwritten and is no longer followed")
        checkpoints.delete(old.record().key)
        stopTailing(old)
    }

    /// Returns true if a file is a copy of a recorded one and has nothing else.
    func isCopy(_ file: OpenFile, _ status: FileStatus, of record: FileRecord) -> Bool {
        let fingerprint = record.fingerprint
        if status.size < fingerprint.offset {
            return unsafe remainder(of: record, file, size: status.size).isAll(reader.memory)
        }
        guard fingerprint.offset > 0, record.matches(file) else { return false }
        if status.size == fingerprint.offset { return true }
        // A file that was read to its end had nothing more to copy.
        guard let original = tailed(of: record) else { return !record.isFinished }
        return goesOn(file, status, as: original)
    }

    /// Returns true if a file is a copy of one of the same path of which nothing has been read yet.
    func isCopyOfUnread(_ file: OpenFile, _ status: FileStatus, of path: FilePath) -> Bool {
        index.files(of: path).contains { original in
            let first = original.reading.firstBytes
            guard original.offset == 0, !first.isEmpty, original.id != status.id,
                (try? file.bytes(first.count, at: 0)) == first
            else { return false }
            return goesOn(file, status, as: original)
        }
    }

    /// Returns the tailed file of a record; `nil` if it was restarted since, or if its number is
    /// reused.
    private func tailed(of record: FileRecord) -> TailedFile? {
        guard let tailed = index[record.id], tailed.path == record.path,
            tailed.reading.fingerprint.goesOn(from: record.fingerprint)
        else { return nil }
        return tailed
    }

    /// Returns true if a file that begins with the read part of another one has nothing that the
    /// other does not have.
    ///
    /// If the other file has been truncated by now, the copy is searched for when that file is
    /// read.
    private func goesOn(_ file: OpenFile, _ status: FileStatus, as original: TailedFile) -> Bool {
        guard reopen(original), let other = original.file, let size = try? other.status().size,
            original.reading.fingerprint.matches(other)
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

    /// The number of unread bytes that are compared; no two rotated files have as many in common.
    private static let comparedBytes: UInt64 = 1 << 20
}
