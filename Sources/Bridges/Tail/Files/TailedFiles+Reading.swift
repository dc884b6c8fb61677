import Chat
import MessageBus
import Sockets

// Reading files into batches.
extension TailedFiles {
    /// Reads the next batch; returns `nil` if there is nothing to deliver.
    func nextBatch(now: MonotonicTime) -> TailBatch? {
        assertOwned()
        let batch = TailBatch()
        if !checkpoints.hasSavedFirstScan {
            saveFirstScan(to: batch)
            return batch
        }
        while let tailed = pendingFiles.nextDue(now) {
            if !tailed.isTailed { continue }
            if let time = tailed.deadline(configuration), time > now {
                pendingFiles.wake(tailed, at: time)
            } else {
                pendingFiles.enqueue(tailed)
            }
        }
        _ = pendingFiles.release()
        var hasCapacity = true
        repeat {
            // Each file is read once, so that all get their turn.
            for _ in 0..<pendingFiles.count where hasCapacity {
                hasCapacity = readNext(into: batch, now: now)
            }
        } while hasCapacity && pendingFiles.release()
        if !batch.isEmpty || !checkpoints.isEmpty || pendingFiles.hasMoreUnsaved {
            addCheckpoints(to: batch)
        }
        tailLog.writeCounts(now: now)
        return batch.isEmpty ? nil : batch
    }

    /// Reads the next queued file.
    ///
    /// Returns false if the batch is full.
    private func readNext(into batch: TailBatch, now: MonotonicTime) -> Bool {
        guard let tailed = pendingFiles.dequeue(), tailed.isTailed else { return true }
        if tailed.mustWait {
            pendingFiles.hold(tailed)
            return true
        }
        let hasCapacity = read(tailed, into: batch, now: now)
        guard tailed.isTailed else { return hasCapacity }
        if tailed.isDirty { pendingFiles.enqueue(tailed) }
        setAlarm(tailed)
        return hasCapacity
    }

    /// Adds all checkpoints of the first scan, before any line is read.
    ///
    /// A run that is killed earlier saves nothing, and the next one could not tell files written in
    /// between from those that were there before.
    private func saveFirstScan(to batch: TailBatch) {
        checkpoints.setFirstScanSaved()
        addCheckpoints(to: batch, atMost: .max)
    }

    /// The largest number of file checkpoints in a batch; more would block the store for long.
    private static let checkpointsAtOnce = 1_000

    /// Adds the checkpoints that belong to the lines in a batch.
    private func addCheckpoints(to batch: TailBatch, atMost count: Int = checkpointsAtOnce) {
        for tailed in pendingFiles.dequeueUnsaved(atMost: count) {
            let record = tailed.record()
            batch.checkpoints[record.key] = record.state
        }
        checkpoints.move(to: &batch.checkpoints, isComplete: !pendingFiles.hasMoreUnsaved)
    }

    /// Reads a file to its end or until the others get their turn.
    ///
    /// Returns false if the batch is full.
    private func read(_ tailed: TailedFile, into batch: TailBatch, now: MonotonicTime) -> Bool {
        if tailed.mustWait { return true }
        guard let end = tailed.end(configuration, now: now) else { return true }
        guard reopen(tailed) else {
            couldNotOpen(tailed, end, now: now)
            return true
        }
        if !tailed.reading.fingerprint.hasBytes, !confirm(tailed, now: now) { return true }
        let lines = batch.lines
        while true {
            switch reader.read(tailed, into: batch, end, now: now) {
            case .hasMore:
                if batch.lines - lines >= LineBlock.lines { return true }
            case .atEnd:
                let isQuiet = !tailed.isDirty
                tailed.unread.reset()
                tailed.isDirty = false
                checkReservedSpace(tailed)
                if (end == .final && isQuiet) || tailed.isReadCopy { finish(tailed) }
                return true
            case .isBusy:
                return true
            case .batchIsFull:
                return false
            case .wasTruncated:
                truncated(tailed, now: now)
                return true
            case .hasAppeared:
                resolve(.appeared, of: tailed, now: now)
                if tailed.file == nil || tailed.mustWait { return true }
            case .isCompressed:
                skipCompressed(tailed)
                return true
            case .failed(let error):
                fail(tailed, error, now: now)
                return true
            }
        }
    }

    /// Compares a file that is opened for the first time with its record.
    ///
    /// Returns false if it differs.
    private func confirm(_ tailed: TailedFile, now: MonotonicTime) -> Bool {
        guard let file = tailed.file else { return false }
        if tailed.record().matches(file),
            let fingerprint = try? FileFingerprint(of: file, upTo: tailed.offset)
        {
            tailed.reading.fingerprint = fingerprint
            return true
        }
        truncated(tailed, now: now)
        return false
    }

    /// Polls a file with reserved space at its end: writes through a mapping are not reported.
    private func checkReservedSpace(_ tailed: TailedFile) {
        let sum =
            tailed.observed.size > tailed.offset ? reader.reservedSum(of: tailed) : nil
        watches.reserved[ObjectIdentifier(tailed)] = sum.map { (tailed, $0) }
    }

    /// Postpones a file to the next scan.
    private func postpone(_ tailed: TailedFile, now: MonotonicTime) {
        tailed.isDirty = false
        tailed.reading.hasPending = false
        tailed.observed.invalidate(now: now)
    }

    /// The number of failed reads after which a file without a path is given up.
    private static let attempts = 10

    private func fail(_ tailed: TailedFile, _ error: SocketError, now: MonotonicTime) {
        postpone(tailed, now: now)
        if !tailed.isLost {
            tailLog.warnOnce("\(tailed.path): \(error); it is tried again")
            return
        }
        guard tailed.countFailure() >= Self.attempts else { return }
        tailLog.losses.lost(unread(tailed))
        tailLog.warn(
            "\(tailed.path): \(error): the file that had this name is given up; "
                + "what it has behind byte \(tailed.offset) is lost")
        stopTailing(tailed)
    }

    private func couldNotOpen(_ tailed: TailedFile, _ end: MessageSplitter.End, now: MonotonicTime)
    {
        let mayHaveMore =
            tailed.unread.wasWritten || tailed.reading.hasPending || schedule.isPolling
        postpone(tailed, now: now)
        guard end == .final else { return }
        if mayHaveMore {
            tailLog.losses.lost(unread(tailed))
            tailLog.debug(
                "\(tailed.path): the file that had this name can't be opened any more; "
                    + "what it had behind byte \(tailed.offset) may be lost")
        }
        stopTailing(tailed)
    }

    /// Returns the number of unread bytes, as far as is known.
    private func unread(_ tailed: TailedFile) -> UInt64? {
        tailed.observed.size > tailed.offset ? tailed.observed.size - tailed.offset : nil
    }

    private func skipCompressed(_ tailed: TailedFile) {
        tailLog.compressed.set(tailed.path, "")
        tailed.isDirty = false
        if tailed.isLost {
            stopTailing(tailed)
        } else {
            close(tailed)
        }
    }

    // MARK: - Truncation

    private func truncated(_ tailed: TailedFile, now: MonotonicTime) {
        if isCopied(over: tailed) { return dropRewritten(tailed) }
        let remainder = tailed.file.map {
            Remainder(tailed, $0, size: (try? $0.status().size) ?? 0)
        }
        // Unread data may be in a copy.
        let isCopied = adopt(before: tailed, wantsCopy: true, now: now)
        tailed.saveCheckpoint()
        if !isCopied, !tailed.reading.form.isWide, let file = tailed.file,
            let place = unsafe remainder?.place(reader.memory),
            let fingerprint = try? FileFingerprint(of: file, upTo: place.offset)
        {
            tailLog.info(
                cause: "cut",
                "\(tailed.path) was cut down to a part of itself: "
                    + "it is read on from byte \(place.offset)")
            tailed.resume(from: fingerprint, at: place)
        } else {
            tailLog.info(
                cause: "truncated", "\(tailed.path) was truncated: it is read from its start")
            tailed.restart()
        }
    }

    /// Returns true if a copying program overwrites an old file with the one that has its path now.
    private func isCopied(over old: TailedFile) -> Bool {
        guard old.isLost, let file = old.file, let status = try? file.status(),
            status.size > 0
        else { return false }
        return beginsLikeSibling(old, for: 1_024) || isCopyOfUnread(file, status, of: old.path)
            || index.files(of: old.path).contains { other in
                guard other !== old, other.offset > 0 else { return false }
                return isCopy(file, status, of: other.record())
            }
    }

    /// Returns true if an old empty file is being filled with a copy of the live one.
    private func isBeingCopied(_ old: TailedFile) -> Bool {
        old.discovery != .live && beginsLikeSibling(old, for: 1_024)
    }

    /// Returns true if a file begins like another one of its path.
    private func beginsLikeSibling(_ old: TailedFile, for count: Int) -> Bool {
        // Fewer bytes are the beginning of a line in any similar file and no proof of a copy.
        guard let copy = try? old.file?.bytes(count, at: 0), copy.count >= 16 else { return false }
        return index.files(of: old.path).contains { other in
            other !== old && (try? other.file?.bytes(copy.count, at: 0)) == copy
        }
    }

    /// Returns true if an old file that was empty has the read part of another one.
    private func hasContent(of other: TailedFile, _ old: TailedFile) -> Bool {
        old.offset == 0 && old.reading.firstBytes.isEmpty && other.offset > 0
            && old.file.map(other.reading.fingerprint.matches) == true
    }

    /// Searches for anything that a file may have contained before any of it was read.
    func resolve(_ beginning: ReadState.Beginning, of tailed: TailedFile, now: MonotonicTime) {
        switch beginning {
        case .same: break
        case .changed: truncated(tailed, now: now)
        case .appeared:
            if isBeingCopied(tailed) || isCopied(over: tailed) {
                return dropRewritten(tailed)
            }
            adopt(before: tailed, wantsCopy: false, now: now)
            tailed.observed.confirm()
        }
    }

    /// Tails lost files before a file is read on.
    ///
    /// Returns true if a copy of that file is among them.
    @discardableResult
    private func adopt(before tailed: TailedFile, wantsCopy: Bool, now: MonotonicTime) -> Bool {
        for copy in index.files(of: tailed.path)
        where (copy.discovery != .live || copy.isLost) && copy !== tailed {
            guard let file = copy.file else { continue }
            if copy.reading.isWrittenAnew(file) || hasContent(of: tailed, copy) {
                dropRewritten(copy)
            }
        }
        let isNewest = index.setAside(tailed)
        lookups.listings = DirectoryListings()
        let isFound = adopt(lost: tailed.record(), wantsCopy: wantsCopy, now: now)
        if isNewest { index.append(tailed) }
        return isFound
    }

    // MARK: - The end of a file

    /// Finishes a file that has lost its path and is read to its end.
    private func finish(_ tailed: TailedFile) {
        tailLog.debug("\(tailed.path): the file that had this name is done with")
        let links = (try? tailed.file?.status().links) ?? 0
        let record = tailed.record(isFinished: true)
        if links == 0 {
            // Its number may be reused at any moment.
            checkpoints.delete(record.key)
        } else if tailed.offset > 0 || tailed.checkpoint.hasRecord {
            checkpoints.save(record.state, as: record.key)
            records.inactive.insert(record)
        }
        stopTailing(tailed)
    }
}
