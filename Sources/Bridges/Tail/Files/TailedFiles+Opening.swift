import Chat
import MessageBus
import Sockets

// Opening files, and starting and stopping to tail them.
extension TailedFiles {
    /// Opens a listed file.
    ///
    /// Returns false if its path has another file by now or it can't be opened.
    func open(_ path: FilePath, _ listed: FileStatus, now: MonotonicTime) -> Bool {
        if ownFiles.recognize(path, listed.id) {
            tailLog.own.set(path, "")
            tailLog.losses.found(at: path)
            return false
        }
        if let record = records.inactive.record(of: listed.id), isUntouched(record, listed) {
            return follow(path, listed, record, now: now)
        }
        guard let file = openFile(path) else {
            // A file without read permission is not lost.
            if tailLog.refused.contains(path) { tailLog.losses.found(at: path) }
            return false
        }
        do throws(SocketError) {
            let status = try file.status()
            // A file that was rotated away in the meantime is searched for first. Some file systems
            // change a file's ID once it is open.
            if status.id != listed.id, (try? FileStatus(path))?.id != listed.id { return false }
            guard status.isRegular, index[status.id] == nil else { return true }
            if let record = records.inactive.record(of: file, status.id) {
                try resume(file, status, path, record, now: now)
            } else {
                try begin(file, status, path, now: now)
            }
            tailLog.losses.found(at: path)
            return true
        } catch {
            tailLog.refused.set(path, error.reason)
            return false
        }
    }

    /// Returns true if a file is unchanged since its record was saved.
    private func isUntouched(_ record: FileRecord, _ status: FileStatus) -> Bool {
        record.fingerprint.offset > 0 && status.size == record.fingerprint.offset
            && status.modified == record.modified && status.isRegular
            && records.inactive.isUnfound(record)
    }

    /// Tails a file without new data from its record.
    private func follow(
        _ path: FilePath, _ status: FileStatus, _ record: FileRecord, now: MonotonicTime
    ) -> Bool {
        // An open file can't be lost; with too many files it stays closed.
        let file = descriptors.openCount < configuration.descriptors ? openFile(path) : nil
        if let file, (try? file.status().id) != status.id { return false }
        claimRecord(record)
        let tailed = TailedFile(
            file, status, path: path, target: record.path == path ? record.target : nil,
            origin: senders.origin(path), from: ReadState(record.fingerprint, record.marks),
            now: now, checkpoint: record.path == path ? .saved : .unsaved(hasEarlier: true))
        tailed.isDirty = false
        startTailing(tailed)
        if file == nil { watchUnopened(tailed) }
        // Writes before the watch was added were not reported.
        if let now = try? file?.status(), !tailed.observed.matches(now) {
            tailed.isDirty = true
        }
        return true
    }

    private func resume(
        _ file: OpenFile, _ status: FileStatus, _ path: FilePath, _ record: FileRecord,
        now: MonotonicTime
    ) throws(SocketError) {
        let fingerprint = try FileFingerprint(of: file, upTo: record.fingerprint.offset)
        claimRecord(record)
        if record.fingerprint.offset == 0, status.modified != record.modified {
            // Nothing had been read of it, so a truncation since can't be noticed.
            adopt(lost: record, wantsCopy: false, now: now)
        }
        // The device number changed at a reboot.
        let hasNewID = record.id != status.id
        if hasNewID { checkpoints.delete(record.key) }
        let isAsSaved = !hasNewID && record.gone == 0 && record.path == path
        startTailing(
            TailedFile(
                file, status, path: path, origin: senders.origin(path),
                from: ReadState(fingerprint, record.marks), now: now,
                checkpoint: isAsSaved ? .saved : .unsaved(hasEarlier: !hasNewID)))
    }

    private func begin(
        _ file: OpenFile, _ status: FileStatus, _ path: FilePath, now: MonotonicTime
    ) throws(SocketError) {
        let stale = records.inactive.record(of: status.id)
        var isCut = false
        var fingerprint = FileFingerprint()
        if let stale {
            // The number is recorded but the content differs: the file was truncated, or it is
            // another one.
            claimRecord(stale)
            checkpoints.delete(stale.key)
            let isFound =
                !stale.isFinished && adopt(lost: stale, wantsCopy: true, now: now)
            if !isFound, try !reader.form(of: file).isWide,
                let place = unsafe Remainder(stale, file, size: status.size).place(reader.memory)
            {
                fingerprint = try FileFingerprint(of: file, upTo: place.offset)
                isCut = true
                tailLog.info(
                    cause: "cut",
                    "\(path) was cut down to a part of itself: "
                        + "it is read on from byte \(place.offset)")
            }
        }
        let isNew = schedule.isFirstScan && stale == nil && !isKnown(path)
        if isNew, configuration.startsAtEnd { fingerprint = try end(of: file, status.size) }
        var marks = isCut ? stale?.marks ?? FileMarks() : FileMarks()
        marks.cut(to: fingerprint.offset)
        // Saved even if nothing is read yet, so that the file is searched for if it is rotated.
        let tailed = TailedFile(
            file, status, path: path, origin: senders.origin(path),
            from: ReadState(fingerprint, marks), now: now,
            checkpoint: .unsaved(hasEarlier: stale != nil))
        startTailing(tailed)
        if isNew, tailed.target != path { lookups.firstFollowed.append(tailed.target) }
    }

    /// Returns true if an earlier run tailed a pattern that matches a path: a file there has
    /// appeared since.
    func isKnown(_ path: FilePath) -> Bool {
        configuration.patterns.contains {
            records.earlierRun.patterns.contains($0.text) && $0.matches(path)
        }
    }

    /// Returns the fingerprint at the end of the last whole line within the first `size` bytes.
    func end(of file: OpenFile, _ size: UInt64) throws(SocketError) -> FileFingerprint {
        let form = try reader.form(of: file)
        let most = min(size, UInt64(configuration.maxMessageBytes) + 1)
        var count = min(most, 1_024)
        while true {
            let start = size - count
            let bytes = try file.bytes(Int(count), at: start)
            if let line = form.lastLineEnd(in: bytes, at: start) {
                return try FileFingerprint(of: file, upTo: start + UInt64(line))
            }
            if count == most {
                // A half line that is the whole file is completed later; the rest of a long one is
                // lost.
                return try FileFingerprint(of: file, upTo: start == 0 ? 0 : size)
            }
            count = min(most, count * 8)
        }
    }

    private func claimRecord(_ record: FileRecord) {
        records.inactive.remove(record.id)
        records.inactive.setFound(record)
    }

    /// Starts tailing a file.
    func startTailing(_ tailed: TailedFile) {
        assertOwned()
        index.insert(tailed)
        if let file = tailed.file {
            descriptors.openCount += 1
            watch(tailed, file)
        }
        _ = tailed.readHead()
        tailed.start(in: pendingFiles)
        setAlarm(tailed)
        watchTarget(of: tailed)
        tailLog.debug(
            "\(tailed.path) is followed from byte \(tailed.offset) on (\(tailed.id.inode))")
    }

    /// Stops tailing a file.
    func stopTailing(_ tailed: TailedFile) {
        assertOwned()
        tailed.stop()
        watches.reserved[ObjectIdentifier(tailed)] = nil
        close(tailed)
        unwatch(tailed)
        if index.remove(tailed) { senders.forget(tailed.path) }
    }
}
