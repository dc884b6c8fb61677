import Chat
import MessageBus
import Sockets

// What the files have to say.
extension TailedFiles {
    /// Reads as much as is handed over at once; `nil` if there is nothing.
    func nextLoad(now: Int64) -> TailBatch? {
        let load = TailBatch()
        if !hasKeptFirstLook {
            keepFirstLook(in: load)
            return load
        }
        while let tailed = work.nextDue(now) {
            if tailed.work == nil { continue }
            if let time = alarm(of: tailed), time > now {
                work.wake(tailed, at: time)
            } else {
                work.add(tailed)
            }
        }
        _ = work.release()
        var hasRoom = true
        repeat {
            // Each once: then the others have their turn.
            for _ in 0..<work.count where hasRoom { hasRoom = readNext(into: load, now: now) }
        } while hasRoom && work.release()
        if !load.isEmpty || !checkpoints.isEmpty || work.hasUnkept { keep(in: load) }
        tailLog.tellCounts(now: now)
        return load.isEmpty ? nil : load
    }

    /// Reads the next file that may have something to say; false if there is no more room.
    private func readNext(into load: TailBatch, now: Int64) -> Bool {
        guard let tailed = work.next(), tailed.work != nil else { return true }
        if tailed.mustWait {
            work.hold(tailed)
            return true
        }
        let hasRoom = read(tailed, into: load, now: now)
        guard tailed.work != nil else { return hasRoom }
        if tailed.isDirty { work.add(tailed) }
        setAlarm(tailed)
        return hasRoom
    }

    /// Hands over all that the first look has found, at once and before any line: a run that is
    /// killed earlier leaves nothing behind, and the next one can't tell what was written in between
    /// from what was there before.
    private func keepFirstLook(in load: TailBatch) {
        hasKeptFirstLook = true
        keep(in: load, atMost: .max)
    }

    /// Checkpoints handed over at once at most: more would keep the store for long.
    private static let checkpointsAtOnce = 1_000

    /// Adds what the files have reached with what was read.
    private func keep(in load: TailBatch, atMost count: Int = checkpointsAtOnce) {
        for tailed in work.takeUnkept(atMost: count) {
            tailed.hasRecord = true
            let record = tailed.record()
            load.checkpoints[record.source] = record.state
        }
        // What is said of all files comes after what is said of each.
        var kept = checkpoints
        if work.hasMoreUnkept {
            for source in [Self.patternsSource, Self.knownSource] { kept[source] = nil }
        }
        for (source, state) in kept {
            // A follower of the same number knows better.
            if load.checkpoints[source] == nil { load.checkpoints[source] = state }
            checkpoints[source] = nil
        }
    }

    /// Reads a file until it is at its end or others have their turn; false if there is no more room.
    private func read(_ tailed: TailedFile, into load: TailBatch, now: Int64) -> Bool {
        if tailed.mustWait { return true }
        guard let end = end(of: tailed, now: now) else { return true }
        guard reopen(tailed) else {
            couldNotOpen(tailed, end, now: now)
            return true
        }
        if !tailed.fingerprint.hasBytes, !confirm(tailed, now: now) { return true }
        let lines = load.lines
        while true {
            switch reader.read(tailed, into: load, end, now: now) {
            case .hasMore:
                if load.lines - lines >= LineBlock.lines { return true }
            case .atEnd:
                let isQuiet = !tailed.isDirty
                tailed.isUnread = false
                tailed.isDirty = false
                noteReserved(tailed)
                if (end == .final && isQuiet) || tailed.isReadCopy { finish(tailed) }
                return true
            case .isBusy:
                return true
            case .loadIsFull:
                return false
            case .wasTruncated:
                truncated(tailed, now: now)
                return true
            case .hasAppeared:
                take(.appeared, of: tailed, now: now)
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

    /// Looks whether a file that is opened for the first time is what its record says; false if not.
    private func confirm(_ tailed: TailedFile, now: Int64) -> Bool {
        guard let file = tailed.file else { return false }
        if tailed.record().matches(file),
            let fingerprint = try? FileFingerprint(of: file, upTo: tailed.offset)
        {
            tailed.fingerprint = fingerprint
            return true
        }
        truncated(tailed, now: now)
        return false
    }

    /// What is known of the end of a file; `nil` if it need not be read.
    private func end(of tailed: TailedFile, now: Int64) -> MessageSplitter.End? {
        if !tailed.isDirty {
            if let end = quietEnd(tailed), now >= end { return .final }
            if !settles(tailed) || !tailed.hasPending { return nil }
        }
        // A late writer who never stops must not keep what came after waiting for ever.
        let isOld = tailed.gone.map { now >= $0 + configuration.rotateWait } ?? false
        let isSettled =
            settles(tailed) && (isOld || now >= tailed.changed + configuration.settlesAfter)
        return isSettled ? .settled : tailed.isDirty ? .open : nil
    }

    /// Keeps an eye on space at the end of a file that is reserved: what is written there through a
    /// mapping is not told of.
    private func noteReserved(_ tailed: TailedFile) {
        let isReserved = tailed.seen.size > tailed.offset && reader.noteReserved(tailed)
        reserved[ObjectIdentifier(tailed)] = isReserved ? tailed : nil
    }

    /// Looks at a file again when names are looked at the next time.
    private func postpone(_ tailed: TailedFile, now: Int64) {
        tailed.isDirty = false
        tailed.hasPending = false
        tailed.seen.modified = .min
        // It is not quiet, and not looked at without pause.
        tailed.changed = now
    }

    /// Times that a file without a name is tried to be read before it is given up.
    private static let attempts = 10

    private func fail(_ tailed: TailedFile, _ error: SocketError, now: Int64) {
        postpone(tailed, now: now)
        if tailed.gone == nil {
            tailLog.warnOnce("\(tailed.path): \(error); it is tried again")
            return
        }
        tailed.failures += 1
        guard tailed.failures >= Self.attempts else { return }
        tailLog.losses.lost(unread(tailed))
        tailLog.warn(
            "\(tailed.path): \(error): the file that had this name is given up; "
                + "what it has behind byte \(tailed.offset) is lost")
        remove(tailed)
    }

    private func couldNotOpen(_ tailed: TailedFile, _ end: MessageSplitter.End, now: Int64) {
        let mayHaveMore = tailed.isUnread || tailed.hasPending || isPolling
        postpone(tailed, now: now)
        guard end == .final else { return }
        if mayHaveMore {
            tailLog.losses.lost(unread(tailed))
            tailLog.detail(
                "\(tailed.path): the file that had this name can't be opened any more; "
                    + "what it had behind byte \(tailed.offset) may be lost")
        }
        remove(tailed)
    }

    /// Bytes that a file is known to have behind what was read of it.
    private func unread(_ tailed: TailedFile) -> UInt64? {
        tailed.seen.size > tailed.offset ? tailed.seen.size - tailed.offset : nil
    }

    private func skipCompressed(_ tailed: TailedFile) {
        tailLog.compressed.set(tailed.path, "")
        tailed.isDirty = false
        if tailed.gone != nil {
            remove(tailed)
        } else {
            close(tailed)
        }
    }

    // MARK: - Truncation

    private func truncated(_ tailed: TailedFile, now: Int64) {
        if isCopied(over: tailed) { return letGo(changed: tailed) }
        let remainder = tailed.file.map {
            Remainder(tailed, $0, size: (try? $0.status().size) ?? 0)
        }
        // What was not read yet may stand in a copy.
        let isCopied = adopt(before: tailed, wantsCopy: true, now: now)
        tailed.isToBeKept = true
        if !isCopied, !tailed.form.isWide, let file = tailed.file,
            let place = remainder?.place(reader.memory),
            let fingerprint = try? FileFingerprint(of: file, upTo: place.offset)
        {
            tailLog.tell(
                cause: "cut",
                "\(tailed.path) was cut to a part of what it was: "
                    + "it is read on from byte \(place.offset)")
            tailed.goOn(from: fingerprint, at: place)
        } else {
            tailLog.tell(
                cause: "truncated", "\(tailed.path) was truncated: it is read from its start")
            tailed.restart()
        }
    }

    /// Whether an old file is written anew with what has its name now: by a program that copies.
    private func isCopied(over old: TailedFile) -> Bool {
        guard old.gone != nil, let file = old.file, let status = try? file.status(),
            status.size > 0
        else { return false }
        return isFilled(old, with: 1_024) || isCopyOfUnread(file, status, of: old.path)
            || tailedFiles(of: old.path).contains { other in
                guard other !== old, other.offset > 0 else { return false }
                return isCopy(file, status, of: other.record())
            }
    }

    /// Whether an old file that was empty is being filled with what has its name now.
    private func isBeingCopied(_ old: TailedFile) -> Bool {
        old.place != nil && isFilled(old, with: 1_024)
    }

    /// Whether a file begins with what another one of its name begins with.
    private func isFilled(_ old: TailedFile, with count: Int) -> Bool {
        // So few are the first of a line, in any file that begins alike, and no copy half done.
        guard let copy = try? old.file?.bytes(count, at: 0), copy.count >= 16 else { return false }
        return tailedFiles(of: old.path).contains { other in
            other !== old && (try? other.file?.bytes(copy.count, at: 0)) == copy
        }
    }

    /// Whether an old file that was empty has what was read of another one.
    private func isFilled(_ old: TailedFile, with other: TailedFile) -> Bool {
        old.offset == 0 && old.firstBytes.isEmpty && other.offset > 0
            && old.file.map(other.fingerprint.matches) == true
    }

    /// Sees to what may have stood in a file before anything of it was read.
    func take(_ beginning: TailedFile.Beginning, of tailed: TailedFile, now: Int64) {
        switch beginning {
        case .same: break
        case .changed: truncated(tailed, now: now)
        case .appeared:
            if isBeingCopied(tailed) || isCopied(over: tailed) {
                return letGo(changed: tailed)
            }
            adopt(before: tailed, wantsCopy: false, now: now)
            tailed.confirmed = tailed.seen.modified
        }
    }

    /// Follows what was lost sight of before a file is read on; whether that was a copy of it.
    @discardableResult
    private func adopt(before tailed: TailedFile, wantsCopy: Bool, now: Int64) -> Bool {
        for copy in tailedFiles(of: tailed.path)
        where (copy.place != nil || copy.gone != nil) && copy !== tailed {
            guard let file = copy.file else { continue }
            if copy.isWrittenAnew(file) || isFilled(copy, with: tailed) {
                letGo(changed: copy)
            }
        }
        let isNewest = newest[tailed.path] === tailed
        if isNewest { newest[tailed.path] = tailed.predecessor }
        listings = DirectoryListings()
        let isFound = adopt(lost: tailed.record(), wantsCopy: wantsCopy, now: now)
        guard isNewest else { return isFound }
        link(tailed)
        return isFound
    }

    // MARK: - The end of a file

    /// Lets go of a file that has lost its name and is read to its end.
    private func finish(_ tailed: TailedFile) {
        tailLog.detail("\(tailed.path): the file that had this name is done with")
        let links = (try? tailed.file?.status().links) ?? 0
        let record = tailed.record(isFinished: true)
        if links == 0 {
            // Its number may be another file's in a moment.
            if tailed.hasRecord || tailed.isToBeKept { checkpoints[record.source] = [] }
        } else if tailed.offset > 0 || tailed.hasRecord {
            checkpoints[record.source] = record.state
            records.add(record)
        }
        remove(tailed)
    }
}
