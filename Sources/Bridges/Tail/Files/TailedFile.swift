import Chat
import MessageBus
import Sockets

/// One file that is followed, from when it was found until it is gone and read to its end.
///
/// Confined to the bridge's thread.
final class TailedFile {
    /// What it is.
    let id: FileID
    /// The name that matched, or the last one that did.
    var path: FilePath
    /// Where it was when it had its name, symbolic links resolved.
    let target: FilePath
    /// Marks along what has been read, and sums of the last lines of that.
    var marks: FileMarks
    var sums = LineChecksums()
    /// What its lines come from and are said by.
    var origin: LineBlock.Origin
    /// `nil` while it is parked: it is at its end and others need the descriptor.
    var file: OpenFile?
    /// How far it has been read, and how to know it by that.
    var fingerprint: FileFingerprint
    /// What was at the beginning before anything was read.
    private(set) var firstBytes: [UInt8] = []
    /// The line that is being skipped because it is too long: up to where its end was looked for.
    var searched: UInt64?
    /// NULs that were found behind the offset.
    var zeros: NULRunSearch.Found?
    /// The size and time of the last change, as they were before it was last read.
    var seen: (size: UInt64, modified: Int64)
    /// When it was last written to, as of when what was read before was last found unchanged.
    var confirmed: Int64
    /// When it was seen to change last, by the thread's clock.
    var changed: Int64
    /// Since when it has no name that matches, by the thread's clock.
    var gone: Int64?
    /// Whether there may be something to read.
    var isDirty = true {
        didSet { if isDirty, !isInLine { work?.add(self) } }
    }
    /// Where it stands in the line of those that have something to do; `nil`: it is let go of.
    weak var work: PendingFiles?
    /// Whether it stands in that line.
    var isInLine = false
    /// When it is looked at although nothing happens.
    var alarm: Int64?
    /// Where it is among all that are followed.
    var slot = 0
    /// Whether it has been written to since it was last read to its end, as far as that was heard of.
    var isUnread = false
    /// Whether lines wait for others that belong to them, until it has been quiet for a while.
    var hasPending = false
    /// Where it was found, if it had lost its name by then.
    var place: FilePath?
    /// Whether it is a copy, known by its content: nobody goes on writing to it.
    var isCopy = false
    /// What the file of the same name before this one was; read first.
    var predecessor: TailedFile?
    /// How often it could not be read since it lost its name.
    var failures = 0
    /// Whether the kernel does not tell of all that is written to it.
    var isSilent = false
    /// How what is in it is written.
    var form = FileFormat()
    /// What stood behind the offset when it was last read to its end, as far as it is reserved.
    var reservedSum: UInt32?
    /// The kernel's watch on it.
    var watch: FileEvents.Watch?
    /// Whether its checkpoint is to be kept with what is handed over next.
    var isToBeKept = false {
        didSet { if isToBeKept, !oldValue { work?.keep(self) } }
    }
    /// Whether its checkpoint has been handed over at least once, so that it must be forgotten.
    var hasRecord: Bool

    init(
        _ file: OpenFile?, _ status: FileStatus, path: FilePath, target: FilePath? = nil,
        origin: LineBlock.Origin,
        from fingerprint: FileFingerprint, marks: FileMarks = FileMarks(), now: Int64,
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

    /// Up to where its messages have been handed over.
    var offset: UInt64 { fingerprint.offset }

    /// What is kept of it.
    func record(isFinished: Bool = false) -> FileRecord {
        FileRecord(
            id: id, fingerprint: fingerprint, path: path, target: target, modified: confirmed,
            isFinished: isFinished, marks: marks)
    }

    /// Notes what the file system says; whether that is news.
    @discardableResult
    func note(_ status: FileStatus, now: Int64) -> Bool {
        guard (status.size, status.modified) != seen else { return false }
        seen = (status.size, status.modified)
        changed = now
        isDirty = true
        isUnread = true
        return true
    }

    /// What became of a file of which nothing has been read.
    enum Beginning {
        case same
        /// There are other bytes than there were: it was truncated in between.
        case changed
        /// There was nothing or little, and it was written to: what is there is perhaps not the first
        /// of it.
        case appeared
    }

    /// Looks at the first bytes, as long as nothing has been read: what is truncated before that
    /// could not be told otherwise.
    func glimpse() -> Beginning {
        guard offset == 0, isDirty, let file,
            let bytes = try? file.bytes(FileFingerprint.backBytes, at: 0)
        else { return .same }
        defer { firstBytes = bytes }
        guard bytes.starts(with: firstBytes) else { return .changed }
        // So few bytes may begin the next file too, as an empty file does.
        let isCertain = firstBytes.count == FileFingerprint.backBytes
        let isUntouched = bytes.count == firstBytes.count && seen.modified == confirmed
        return isCertain || isUntouched ? .same : .appeared
    }

    /// Whether its file, as it is now, has something else where it was read or seen to begin.
    func isWrittenAnew(_ file: OpenFile) -> Bool {
        if offset > 0 { return !fingerprint.matches(file) }
        guard let bytes = try? file.bytes(firstBytes.count, at: 0) else { return false }
        return bytes != firstBytes
    }

    /// Whether it is a copy that has been read to its end: what changes it later copies something
    /// else.
    var isReadCopy: Bool { isCopy && !hasPending && offset == seen.size }

    /// Whether its older namesake has to be read before it.
    var mustWait: Bool { predecessor.map { $0.isDirty || $0.hasPending } ?? false }

    /// Goes on by bytes that follow the offset: those just before it, as `fingerprint.back` has
    /// them, and those that follow.
    func advance(over bytes: UnsafeRawBufferPointer, by count: Int) {
        let known = fingerprint.back.count
        let read = UnsafeRawBufferPointer(rebasing: bytes[..<(known + count)])
        marks.add(read, known: known, at: offset)
        sums.add(UnsafeRawBufferPointer(rebasing: read[known...]), at: offset)
        fingerprint.advance(over: bytes, by: count)
    }

    /// Goes on at another place: what was behind it is not there any more.
    func goOn(from fingerprint: FileFingerprint, at place: LineChecksums.LineStart) {
        self.fingerprint = fingerprint
        marks.cut(to: place.offset)
        if place.lines == nil { sums.forget(before: place.offset) } else { sums.cut(to: place) }
        searched = nil
        zeros = nil
        hasPending = false
        confirmed = seen.modified
        isDirty = true
    }

    /// Begins anew at the beginning.
    func restart() {
        fingerprint = FileFingerprint()
        marks = FileMarks()
        sums.forget(before: 0)
        form = FileFormat()
        searched = nil
        zeros = nil
        hasPending = false
        isDirty = true
        // What is there now is what begins it.
        confirmed = seen.modified
        firstBytes = []
        _ = glimpse()
    }
}
