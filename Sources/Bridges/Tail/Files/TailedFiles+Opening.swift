import Chat
import MessageBus
import Sockets

// Files that are followed from now on.
extension TailedFiles {
    /// Opens what has a name; false if that is not what had it when names were looked at, or can't
    /// be opened.
    func open(_ path: FilePath, _ listed: FileStatus, now: Int64) -> Bool {
        if isOwn(path, listed.id) {
            tailLog.losses.found(at: path)
            return false
        }
        if let record = records.record(of: listed.id), isUntouched(record, listed) {
            return follow(path, listed, record, now: now)
        }
        guard let file = openFile(path) else {
            // What may not be read is not lost, it is still there.
            if tailLog.refused.contains(path) { tailLog.losses.found(at: path) }
            return false
        }
        do throws(SocketError) {
            let status = try file.status()
            // What has been rotated away comes first. There are file systems that call a file
            // something else once it is open.
            if status.id != listed.id, (try? FileStatus(path))?.id != listed.id { return false }
            guard status.isRegular, tailedFiles[status.id] == nil else { return true }
            if let record = records.record(of: file, status.id) {
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

    /// Whether nothing has happened to a file since its record was made.
    private func isUntouched(_ record: FileRecord, _ status: FileStatus) -> Bool {
        record.fingerprint.offset > 0 && status.size == record.fingerprint.offset
            && status.modified == record.modified && status.isRegular
            && records.isUnfound(record)
    }

    /// Goes on with a file in which there is nothing new, without opening it.
    private func follow(
        _ path: FilePath, _ status: FileStatus, _ record: FileRecord, now: Int64
    ) -> Bool {
        // Open, it can't be lost sight of; where there are too many it need not be.
        let file = openFiles < configuration.descriptors ? openFile(path) : nil
        if let file, (try? file.status().id) != status.id { return false }
        take(record)
        let tailed = TailedFile(
            file, status, path: path, target: record.path == path ? record.target : nil,
            origin: senders.origin(path), from: record.fingerprint, marks: record.marks, now: now,
            hasRecord: true)
        tailed.isDirty = false
        if record.path != path { tailed.isToBeKept = true }
        add(tailed)
        if file == nil { watchUnopened(tailed) }
        // What was written before it was watched was not told.
        if let now = try? file?.status(), (now.size, now.modified) != tailed.seen {
            tailed.isDirty = true
        }
        return true
    }

    private func resume(
        _ file: OpenFile, _ status: FileStatus, _ path: FilePath, _ record: FileRecord, now: Int64
    ) throws(SocketError) {
        let fingerprint = try FileFingerprint(of: file, upTo: record.fingerprint.offset)
        take(record)
        if record.fingerprint.offset == 0, status.modified != record.modified {
            // Nothing was read of it then, so that it can't be told whether it was truncated since.
            adopt(lost: record, wantsCopy: false, now: now)
        }
        let tailed = TailedFile(
            file, status, path: path, origin: senders.origin(path), from: fingerprint,
            marks: record.marks, now: now, hasRecord: record.id == status.id)
        add(tailed)
        // The device has another number since the system was started anew.
        if record.id != status.id { checkpoints[record.source] = [] }
        if record.id != status.id || record.gone != 0 || record.path != path {
            tailed.isToBeKept = true
        }
    }

    private func begin(
        _ file: OpenFile, _ status: FileStatus, _ path: FilePath, now: Int64
    ) throws(SocketError) {
        let stale = records.record(of: status.id)
        var isCut = false
        var fingerprint = FileFingerprint()
        if let stale {
            // The number is known and the content is not: truncated, or another file by now.
            take(stale)
            checkpoints[stale.source] = []
            let isFound =
                !stale.isFinished && adopt(lost: stale, wantsCopy: true, now: now)
            if !isFound, try !reader.form(of: file).isWide,
                let place = Remainder(stale, file, size: status.size).place(reader.memory)
            {
                fingerprint = try FileFingerprint(of: file, upTo: place.offset)
                isCut = true
                tailLog.tell(
                    cause: "cut",
                    "\(path) was cut to a part of what it was: "
                        + "it is read on from byte \(place.offset)")
            }
        }
        let isNew = lastScan == nil && stale == nil && !isKnown(path)
        if isNew, configuration.startsAtEnd { fingerprint = try end(of: file, status.size) }
        var marks = isCut ? stale?.marks ?? FileMarks() : FileMarks()
        marks.cut(to: fingerprint.offset)
        let tailed = TailedFile(
            file, status, path: path, origin: senders.origin(path), from: fingerprint,
            marks: marks, now: now, hasRecord: stale != nil)
        add(tailed)
        // Also of what nothing has been read of: it is looked for if it is rotated away meanwhile.
        tailed.isToBeKept = true
        if isNew, tailed.target != path { firstFollowed.append(tailed.target) }
    }

    /// Whether the pattern that a path matches was followed in an earlier run: what is there now has
    /// appeared since.
    func isKnown(_ path: FilePath) -> Bool {
        configuration.patterns.contains { knownPatterns.contains($0.text) && $0.matches(path) }
    }

    /// Behind the last whole line of so many bytes.
    func end(of file: OpenFile, _ size: UInt64) throws(SocketError) -> FileFingerprint {
        let form = try reader.form(of: file)
        let most = min(size, UInt64(configuration.longest) + 1)
        var count = min(most, 1_024)
        while true {
            let start = size - count
            let bytes = try file.bytes(Int(count), at: start)
            if let line = form.lastLineEnd(in: bytes, at: start) {
                return try FileFingerprint(of: file, upTo: start + UInt64(line))
            }
            if count == most {
                // One half line that is all there is will be whole later; the rest of a long one is
                // lost.
                return try FileFingerprint(of: file, upTo: start == 0 ? 0 : size)
            }
            count = min(most, count * 8)
        }
    }

    private func take(_ record: FileRecord) {
        records.remove(record.id)
        records.setFound(record)
    }

    /// Follows a file from now on.
    func add(_ tailed: TailedFile) {
        tailed.slot = queue.count
        queue.append(tailed)
        tailedFiles[tailed.id] = tailed
        if let file = tailed.file {
            openFiles += 1
            watch(tailed, file)
        }
        link(tailed)
        _ = tailed.glimpse()
        tailed.work = work
        if tailed.isDirty { work.add(tailed) }
        setAlarm(tailed)
        if tailed.target != tailed.path {
            linkNames[tailed.target, default: []].insert(tailed.path)
        }
        watchTarget(of: tailed)
        tailLog.detail(
            "\(tailed.path) is followed from byte \(tailed.offset) on (\(tailed.id.inode))")
    }

    /// Lets go of a follower.
    func remove(_ tailed: TailedFile) {
        tailed.work = nil
        tailed.isToBeKept = false
        tailed.isDirty = false
        reserved[ObjectIdentifier(tailed)] = nil
        close(tailed)
        unwatch(tailed)
        if tailedFiles[tailed.id] === tailed { tailedFiles[tailed.id] = nil }
        if queue.indices.contains(tailed.slot), queue[tailed.slot] === tailed {
            queue.swapAt(tailed.slot, queue.count - 1)
            queue[tailed.slot].slot = tailed.slot
            queue.removeLast()
        }
        unlink(tailed)
        if tailed.target != tailed.path, newest[tailed.path] == nil {
            linkNames[tailed.target]?.remove(tailed.path)
            if linkNames[tailed.target]?.isEmpty == true { linkNames[tailed.target] = nil }
        }
    }

    // MARK: - The daemon's own files

    /// Notes which files are written by the daemon itself.
    func noteOwnFiles() {
        ownFiles = []
        for descriptor: Int32 in [1, 2] {
            if let status = try? FileStatus(descriptor: descriptor), status.isRegular {
                ownFiles.insert(status.id)
            }
        }
        for path in configuration.ownFiles() {
            if let status = try? FileStatus(FilePath(path)) { ownFiles.insert(status.id) }
        }
    }

    /// Whether a file is the daemon's own, so that each line of it would make another; or was, before
    /// it was rotated away.
    private func isOwn(_ path: FilePath, _ id: FileID) -> Bool {
        let isPresent = ownFiles.contains(id)
        if !isPresent, formerOwnFiles[id] == nil { return false }
        let first = (try? OpenFile(path).bytes(FileFingerprint.backBytes, at: 0)) ?? []
        if isPresent {
            formerOwnFiles[id] = first
        } else if formerOwnFiles[id].map({ $0.isEmpty || !first.starts(with: $0) }) ?? true {
            // Its number is another file's by now.
            formerOwnFiles[id] = nil
            return false
        }
        tailLog.own.set(path, "")
        return true
    }
}
