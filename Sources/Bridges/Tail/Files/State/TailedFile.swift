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
    /// The sender and channel of its lines.
    var origin: LineBlock.Origin
    /// The open file; `nil` while it is closed because others need the descriptor.
    var file: OpenFile?
    /// The place where it was found.
    let discovery: Discovery
    /// Its name's state: at a matching path, lost, or no longer tailed.
    private(set) var phase: Phase
    /// The part that has been read, and the search for the end of the present line.
    var reading: ReadState
    /// The last status, and the times of its changes.
    var observed: ObservedStatus
    /// The need to read it, and its place in the queue for that.
    var work = PendingWork()
    /// The queue it belongs to; `nil` before and after it is tailed.
    private weak var pendingFiles: PendingFiles?
    /// The facts about unread data for reports.
    var unread = UnreadState()
    /// The state of its checkpoint in the store.
    var checkpoint: CheckpointState
    /// The kernel's watch on it.
    var watching = FileWatching.none
    /// Its index in the list of all files.
    var slot = 0
    /// The previous file of the same path, which is read first.
    var predecessor: TailedFile?

    init(
        _ file: OpenFile?, _ status: FileStatus, path: FilePath, target: FilePath? = nil,
        origin: LineBlock.Origin, from reading: ReadState, now: MonotonicTime,
        discovery: Discovery = .live, checkpoint: CheckpointState
    ) {
        id = status.id
        self.file = file
        self.path = path
        self.target = target ?? file?.target ?? path
        self.origin = origin
        self.reading = reading
        self.discovery = discovery
        self.checkpoint = checkpoint
        phase = discovery == .live ? .live : .lost(since: now, failures: 0)
        observed = ObservedStatus(status, now: now)
    }

    /// The offset up to which it has been read.
    var offset: UInt64 { reading.offset }

    /// Returns the record to save.
    func record(isFinished: Bool = false) -> FileRecord {
        FileRecord(
            id: id, fingerprint: reading.fingerprint, path: path, target: target,
            modified: observed.confirmed, isFinished: isFinished, marks: reading.marks)
    }

    // MARK: - Phases

    /// True if no matching path leads to it any more.
    var isLost: Bool { phase.lostSince != nil }

    /// True until it is no longer tailed.
    var isTailed: Bool { phase != .stopped }

    /// Adds it to a queue, as far as there is work.
    func start(in queue: PendingFiles) {
        pendingFiles = queue
        if work.isDirty { queue.enqueue(self) }
        if checkpoint.isUnsaved { queue.enqueueUnsaved(self) }
    }

    /// Changes its phase: no matching path leads to it any more.
    func lose(now: MonotonicTime) { phase = .lost(since: now, failures: 0) }

    /// Changes its phase: a matching path leads to it.
    func regain() { phase = .live }

    /// Counts a failed read; returns the number of them since it lost its path, 0 if it has not.
    func countFailure() -> Int { phase.countFailure() }

    /// Ends its phases; the queues leave it out from now on.
    func stop() {
        phase = .stopped
        pendingFiles = nil
        work.isDirty = false
    }

    // MARK: - Work

    /// True if there may be data to read; then it is queued.
    var isDirty: Bool {
        get { work.isDirty }
        set {
            work.isDirty = newValue
            if newValue, !work.isQueued { pendingFiles?.enqueue(self) }
        }
    }

    /// True if the previous file of its path has to be read first.
    var mustWait: Bool { predecessor.map { $0.isDirty || $0.reading.hasPending } ?? false }

    /// True if its checkpoint has to be saved with the next batch.
    var isToBeSaved: Bool { checkpoint.isUnsaved && isTailed }

    /// Saves its checkpoint with the next batch.
    func saveCheckpoint() {
        if checkpoint.setUnsaved() { pendingFiles?.enqueueUnsaved(self) }
    }

    // MARK: - Status and content

    /// Stores a new status.
    ///
    /// Returns true if size or time changed.
    @discardableResult
    func updateStatus(_ status: FileStatus, now: MonotonicTime) -> Bool {
        guard observed.update(status, now: now) else { return false }
        recordWrite()
        return true
    }

    /// Records that it was written to.
    func recordWrite() {
        unread.wasWritten = true
        isDirty = true
    }

    /// Reads the first bytes as long as nothing else has been read; otherwise a truncation before
    /// that could not be noticed.
    func readHead() -> ReadState.Beginning {
        guard offset == 0, isDirty, let file,
            let bytes = try? file.bytes(FileFingerprint.backBytes, at: 0)
        else { return .same }
        return reading.compareFirstBytes(bytes, isUnwritten: observed.isConfirmed)
    }

    /// True if the file is a copy that has been read to its end: a later change means that
    /// something else is copied over it.
    var isReadCopy: Bool { discovery.isCopy && !reading.hasPending && offset == observed.size }

    /// Moves the offset back to the end of the read part that the file still has.
    func resume(from fingerprint: FileFingerprint, at place: LineChecksums.LineStart) {
        reading.resume(from: fingerprint, at: place)
        observed.confirm()
        isDirty = true
    }

    /// Starts again at offset 0.
    func restart() {
        reading = ReadState()
        isDirty = true
        // The present content is treated as the file's first.
        observed.confirm()
        _ = readHead()
    }
}
