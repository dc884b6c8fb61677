import Chat
import MessageBus
import Sockets

/// A file that is tailed, from its discovery until it has lost its name and is read to its end.
///
/// Owned by `TailedFiles`, which checks it; confined to the bridge's thread.
final class TailedFile {
    /// Device and inode number.
    let id: FileID
    /// The path that matched a pattern, or the last one that did.
    var path: FilePath
    /// The path when it was opened, with symbolic links resolved.
    let target: FilePath
    /// Checksums at line ends along what has been read.
    var marks: FileMarks
    var sums = LineChecksums()
    /// The sender and channel of its lines.
    var origin: LineBlock.Origin
    /// The open file; `nil` while it is closed because others need the descriptor.
    var file: OpenFile?
    /// The offset up to which it has been read, and hashes that identify it.
    var fingerprint: FileFingerprint
    /// The first bytes as they were before anything was read.
    private(set) var firstBytes: [UInt8] = []
    /// The offset up to which the end of a line that is too long has been searched for.
    var searched: UInt64?
    /// A run of NULs found behind the offset.
    var nulRuns: NULRunSearch.Found?
    /// The size and modification time from the last status.
    var seen: (size: UInt64, modified: Int64)
    /// The modification time at the last check that found the read part unchanged.
    var confirmed: Int64
    /// The time of the last observed change, by the thread's clock.
    var changed: MonotonicTime
    /// The time at which it lost its matching path, by the thread's clock.
    var gone: MonotonicTime?
    /// True if there may be data to read.
    var isDirty = true {
        didSet { if isDirty, !isQueued { pendingFiles?.enqueue(self) } }
    }
    /// The queue it belongs to; `nil` once it is no longer tailed.
    weak var pendingFiles: PendingFiles?
    /// True while it is in that queue.
    var isQueued = false
    /// The time at which the file needs work although nothing happens to it.
    var alarm: MonotonicTime?
    /// Its index in `TailedFiles.allFiles`.
    var slot = 0
    /// True if it was reported as written to since it was last read to its end.
    var isUnread = false
    /// The time at which a report found it unread, since it was last read to its end.
    var unreadSince: MonotonicTime?
    /// True while lines wait for more of the same message, until the file has been quiet for a
    /// while.
    var hasPending = false
    /// The path at which the file was found, if it had been rotated by then.
    var place: FilePath?
    /// True if it is a copy, recognized by its content: nothing writes to it any more.
    var isCopy = false
    /// The previous file of the same path, which is read first.
    var predecessor: TailedFile?
    /// The number of failed reads since it lost its path.
    var failures = 0
    /// True if the kernel does not report every write to it.
    var isSilent = false
    /// Encoding and line endings.
    var form = FileFormat()
    /// A checksum of the reserved space behind the offset, as of the last read to the end.
    var reservedSum: UInt32?
    /// The kernel's watch on it.
    var watch: FileEvents.Watch?
    /// True if its checkpoint has to be saved with the next batch.
    var isToBeKept = false {
        didSet { if isToBeKept, !oldValue { pendingFiles?.enqueueUnsaved(self) } }
    }
    /// True if its checkpoint has been saved at least once and has to be deleted in the end.
    var hasRecord: Bool

    init(
        _ file: OpenFile?, _ status: FileStatus, path: FilePath, target: FilePath? = nil,
        origin: LineBlock.Origin,
        from fingerprint: FileFingerprint, marks: FileMarks = FileMarks(), now: MonotonicTime,
        hasRecord: Bool
    ) {
        id = status.id
        self.marks = marks
        self.file = file
        self.path = path
        self.target = target ?? file?.target ?? path
        self.origin = origin
        self.fingerprint = fingerprint
        seen = (status.size, status.modified)
        confirmed = status.modified
        changed = now
        self.hasRecord = hasRecord
    }

    /// The offset up to which it has been read.
    var offset: UInt64 { fingerprint.offset }

    /// Returns the record to save.
    func record(isFinished: Bool = false) -> FileRecord {
        FileRecord(
            id: id, fingerprint: fingerprint, path: path, target: target, modified: confirmed,
            isFinished: isFinished, marks: marks)
    }

    /// Stores a new status.
    ///
    /// Returns true if size or time changed.
    @discardableResult
    func updateStatus(_ status: FileStatus, now: MonotonicTime) -> Bool {
        guard (status.size, status.modified) != seen else { return false }
        seen = (status.size, status.modified)
        changed = now
        isDirty = true
        isUnread = true
        return true
    }

    /// The state of a file of which nothing has been read, by comparison with its first bytes.
    enum Beginning {
        case same
        /// The bytes differ: it was truncated in between.
        case changed
        /// The file was empty, or nearly so, and was written to; its content may not be its first.
        case appeared
    }

    /// Reads the first bytes as long as nothing else has been read; otherwise a truncation before
    /// that could not be noticed.
    func readHead() -> Beginning {
        guard offset == 0, isDirty, let file,
            let bytes = try? file.bytes(FileFingerprint.backBytes, at: 0)
        else { return .same }
        defer { firstBytes = bytes }
        guard bytes.starts(with: firstBytes) else { return .changed }
        // So few bytes may also begin the next file, just as an empty file may.
        let isCertain = firstBytes.count == FileFingerprint.backBytes
        let isUntouched = bytes.count == firstBytes.count && seen.modified == confirmed
        return isCertain || isUntouched ? .same : .appeared
    }

    /// Returns true if the file no longer has the bytes that were read or seen first.
    func isWrittenAnew(_ file: OpenFile) -> Bool {
        if offset > 0 { return !fingerprint.matches(file) }
        guard let bytes = try? file.bytes(firstBytes.count, at: 0) else { return false }
        return bytes != firstBytes
    }

    /// True if the file is a copy that has been read to its end: a later change means that
    /// something else is copied over it.
    var isReadCopy: Bool { isCopy && !hasPending && offset == seen.size }

    /// True if the previous file of its path has to be read first.
    var mustWait: Bool { predecessor.map { $0.isDirty || $0.hasPending } ?? false }

    /// Advances the offset by bytes that were read.
    ///
    /// `bytes` begins with those just before the offset, as `fingerprint.back` has them.
    func advance(over bytes: UnsafeRawBufferPointer, by count: Int) {
        let known = fingerprint.back.count
        let read = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<(known + count)])
        unsafe marks.append(read, known: known, at: offset)
        unsafe sums.append(UnsafeRawBufferPointer(rebasing: read[known...]), at: offset)
        unsafe fingerprint.advance(over: bytes, by: count)
    }

    /// Moves the offset back to the end of the read part that the file still has.
    func resume(from fingerprint: FileFingerprint, at place: LineChecksums.LineStart) {
        self.fingerprint = fingerprint
        marks.cut(to: place.offset)
        if place.lines == nil { sums.forget(before: place.offset) } else { sums.cut(to: place) }
        searched = nil
        nulRuns = nil
        hasPending = false
        confirmed = seen.modified
        isDirty = true
    }

    /// Starts again at offset 0.
    func restart() {
        fingerprint = FileFingerprint()
        marks = FileMarks()
        sums.forget(before: 0)
        form = FileFormat()
        searched = nil
        nulRuns = nil
        hasPending = false
        isDirty = true
        // The present content is treated as the file's first.
        confirmed = seen.modified
        firstBytes = []
        _ = readHead()
    }
}
