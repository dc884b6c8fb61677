import MessageBus
import Sockets

// What the files have to say.
extension TailedFiles {
    /// Reads as much as is handed over at once; `nil` if there is nothing.
    func nextLoad(now: Int64) -> TailBatch? {
        let load = TailBatch()
        while let follower = work.nextDue(now) {
            if follower.work == nil { continue }
            if let time = alarm(of: follower), time > now {
                work.wake(follower, at: time)
            } else {
                work.add(follower)
            }
        }
        _ = work.release()
        var hasRoom = true
        repeat {
            // Each once: then the others have their turn.
            for _ in 0..<work.count where hasRoom { hasRoom = readNext(into: load, now: now) }
        } while hasRoom && work.release()
        if !load.isEmpty || !checkpoints.isEmpty || work.hasUnkept { keep(in: load) }
        news.tellCounts(now: now)
        return load.isEmpty ? nil : load
    }

    /// Reads the next file that may have something to say; false if there is no more room.
    private func readNext(into load: TailBatch, now: Int64) -> Bool {
        guard let follower = work.next(), follower.work != nil else { return true }
        if follower.mustWait {
            work.hold(follower)
            return true
        }
        let hasRoom = read(follower, into: load, now: now)
        guard follower.work != nil else { return hasRoom }
        if follower.isDirty { work.add(follower) }
        setAlarm(follower)
        return hasRoom
    }

    /// Checkpoints handed over at once at most: more would keep the store for long.
    private static let checkpointsAtOnce = 1_000

    /// Adds what the files have reached with what was read.
    private func keep(in load: TailBatch) {
        for follower in work.takeUnkept(atMost: Self.checkpointsAtOnce) {
            follower.hasRecord = true
            let record = follower.record()
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
    private func read(_ follower: TailedFile, into load: TailBatch, now: Int64) -> Bool {
        if follower.mustWait { return true }
        guard let end = end(of: follower, now: now) else { return true }
        guard reopen(follower) else {
            couldNotOpen(follower, end, now: now)
            return true
        }
        if !follower.fingerprint.hasBytes, !confirm(follower, now: now) { return true }
        let lines = load.lines
        while true {
            switch reader.read(follower, into: load, end, now: now) {
            case .hasMore:
                if load.lines - lines >= LineBlock.lines { return true }
            case .atEnd:
                let isQuiet = !follower.isDirty
                follower.isUnread = false
                follower.isDirty = false
                noteReserved(follower)
                if (end == .final && isQuiet) || follower.isReadCopy { finish(follower) }
                return true
            case .isBusy:
                return true
            case .loadIsFull:
                return false
            case .wasTruncated:
                truncated(follower, now: now)
                return true
            case .hasAppeared:
                take(.appeared, of: follower, now: now)
                if follower.file == nil || follower.mustWait { return true }
            case .isCompressed:
                skipCompressed(follower)
                return true
            case .failed(let error):
                fail(follower, error, now: now)
                return true
            }
        }
    }

    /// Looks whether a file that is opened for the first time is what its record says; false if not.
    private func confirm(_ follower: TailedFile, now: Int64) -> Bool {
        guard let file = follower.file else { return false }
        if follower.fingerprint.matches(file),
            let fingerprint = try? FileFingerprint(of: file, upTo: follower.offset)
        {
            follower.fingerprint = fingerprint
            return true
        }
        truncated(follower, now: now)
        return false
    }

    /// What is known of the end of a file; `nil` if it need not be read.
    private func end(of follower: TailedFile, now: Int64) -> MessageSplitter.End? {
        if !follower.isDirty {
            if let end = quietEnd(follower), now >= end { return .final }
            if !settles(follower) || !follower.hasPending { return nil }
        }
        // A late writer who never stops must not keep what came after waiting for ever.
        let isOld = follower.gone.map { now >= $0 + plan.rotateWait } ?? false
        let isSettled =
            settles(follower) && (isOld || now >= follower.changed + plan.settlesAfter)
        return isSettled ? .settled : follower.isDirty ? .open : nil
    }

    /// Keeps an eye on space at the end of a file that is reserved: what is written there through a
    /// mapping is not told of.
    private func noteReserved(_ follower: TailedFile) {
        let isReserved = follower.seen.size > follower.offset && reader.noteReserved(follower)
        reserved[ObjectIdentifier(follower)] = isReserved ? follower : nil
    }

    /// Looks at a file again when names are looked at the next time.
    private func postpone(_ follower: TailedFile, now: Int64) {
        follower.isDirty = false
        follower.hasPending = false
        follower.seen.modified = .min
        // It is not quiet, and not looked at without pause.
        follower.changed = now
    }

    /// Times that a file without a name is tried to be read before it is given up.
    private static let attempts = 10

    private func fail(_ follower: TailedFile, _ error: SocketError, now: Int64) {
        postpone(follower, now: now)
        if follower.gone == nil {
            news.warnOnce("\(follower.path): \(error); it is tried again")
            return
        }
        follower.failures += 1
        guard follower.failures >= Self.attempts else { return }
        news.losses.lost(unread(follower))
        news.warn(
            "\(follower.path): \(error): the file that had this name is given up; "
                + "what it has behind byte \(follower.offset) is lost")
        remove(follower)
    }

    private func couldNotOpen(_ follower: TailedFile, _ end: MessageSplitter.End, now: Int64) {
        let mayHaveMore = follower.isUnread || follower.hasPending || isPolling
        postpone(follower, now: now)
        guard end == .final else { return }
        if mayHaveMore {
            news.losses.lost(unread(follower))
            news.detail(
                "\(follower.path): the file that had this name can't be opened any more; "
                    + "what it had behind byte \(follower.offset) may be lost")
        }
        remove(follower)
    }

    /// Bytes that a file is known to have behind what was read of it.
    private func unread(_ follower: TailedFile) -> UInt64? {
        follower.seen.size > follower.offset ? follower.seen.size - follower.offset : nil
    }

    private func skipCompressed(_ follower: TailedFile) {
        news.compressed.set(follower.path, "")
        follower.isDirty = false
        if follower.gone != nil {
            remove(follower)
        } else {
            close(follower)
        }
    }

    // MARK: - Truncation

    private func truncated(_ follower: TailedFile, now: Int64) {
        if isCopied(over: follower) { return letGo(changed: follower) }
        let remainder = follower.file.map {
            Remainder(follower, $0, size: (try? $0.status().size) ?? 0)
        }
        // What was not read yet may stand in a copy.
        let isCopied = adopt(before: follower, wantsCopy: true, now: now)
        follower.isToBeKept = true
        if !isCopied, !follower.form.isWide, let file = follower.file,
            let place = remainder?.place(reader.memory),
            let fingerprint = try? FileFingerprint(of: file, upTo: place.offset)
        {
            news.tell(
                cause: "cut",
                "\(follower.path) was cut to a part of what it was: "
                    + "it is read on from byte \(place.offset)")
            follower.goOn(from: fingerprint, at: place)
        } else {
            news.tell(
                cause: "truncated", "\(follower.path) was truncated: it is read from its start")
            follower.restart()
        }
    }

    /// Whether an old file is written anew with what has its name now: by a program that copies.
    private func isCopied(over old: TailedFile) -> Bool {
        guard old.gone != nil, let file = old.file, let status = try? file.status(),
            status.size > 0
        else { return false }
        return isFilled(old, with: 1_024) || isCopyOfUnread(file, status, of: old.path)
            || followers(of: old.path).contains { other in
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
        return followers(of: old.path).contains { other in
            other !== old && (try? other.file?.bytes(copy.count, at: 0)) == copy
        }
    }

    /// Lets go of an old file that has become a copy of something else: if that has not been read, it is found
    /// when what was copied is truncated.
    private func letGo(changed copy: TailedFile) {
        news.detail("\(copy.place ?? copy.path) has been written anew and is let go")
        checkpoints[copy.record().source] = []
        remove(copy)
    }

    /// Sees to what may have stood in a file before anything of it was read.
    func take(_ beginning: TailedFile.Beginning, of follower: TailedFile, now: Int64) {
        switch beginning {
        case .same: break
        case .changed: truncated(follower, now: now)
        case .appeared:
            if isBeingCopied(follower) || isCopied(over: follower) {
                return letGo(changed: follower)
            }
            adopt(before: follower, wantsCopy: false, now: now)
            follower.confirmed = follower.seen.modified
        }
    }

    /// Follows what was lost sight of before a file is read on; whether that was a copy of it.
    @discardableResult
    private func adopt(before follower: TailedFile, wantsCopy: Bool, now: Int64) -> Bool {
        for copy in followers(of: follower.path)
        where (copy.place != nil || copy.gone != nil) && copy !== follower {
            if let file = copy.file, !copy.fingerprint.matches(file) { letGo(changed: copy) }
        }
        let isNewest = newest[follower.path] === follower
        if isNewest { newest[follower.path] = follower.predecessor }
        listings = DirectoryListings()
        let isFound = adopt(lost: follower.record(), wantsCopy: wantsCopy, now: now)
        guard isNewest else { return isFound }
        link(follower)
        return isFound
    }

    // MARK: - The end of a file

    /// Lets go of a file that has lost its name and is read to its end.
    private func finish(_ follower: TailedFile) {
        news.detail("\(follower.path): the file that had this name is done with")
        let links = (try? follower.file?.status().links) ?? 0
        let record = follower.record(isFinished: true)
        if links == 0 {
            // Its number may be another file's in a moment.
            if follower.hasRecord || follower.isToBeKept { checkpoints[record.source] = [] }
        } else if follower.offset > 0 || follower.hasRecord {
            checkpoints[record.source] = record.state
            records.add(record)
        }
        remove(follower)
    }
}
