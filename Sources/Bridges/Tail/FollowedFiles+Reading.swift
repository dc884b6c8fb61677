import MessageBus
import Sockets

// What the files have to say.
extension FollowedFiles {
    /// Reads as much as is handed over at once; `nil` if there is nothing.
    func nextLoad(now: Int64) -> TailLoad? {
        let load = TailLoad()
        // Files that are done with leave the queue while it is gone through.
        let queue = queue
        let start = queue.isEmpty ? 0 : turn % queue.count
        for place in 0..<queue.count {
            let index = (start + place) % queue.count
            if !read(queue[index], into: load, now: now) {
                // The next time the others come first.
                turn = index + 1
                break
            }
        }
        if !load.isEmpty || !checkpoints.isEmpty || queue.contains(where: \.isToBeKept) {
            keep(in: load)
        }
        news.tellCounts(now: now)
        return load.isEmpty ? nil : load
    }

    /// Adds what the files have reached with what was read.
    private func keep(in load: TailLoad) {
        load.checkpoints = checkpoints
        checkpoints = [:]
        for follower in queue where follower.isToBeKept {
            follower.isToBeKept = false
            follower.hasRecord = true
            let record = follower.record()
            load.checkpoints[record.source] = record.state
        }
    }

    /// Reads a file until it is at its end or others have their turn; false if there is no more room.
    private func read(_ follower: Follower, into load: TailLoad, now: Int64) -> Bool {
        if follower.mustWait { return true }
        guard let end = end(of: follower, now: now) else { return true }
        guard reopen(follower) else {
            couldNotOpen(follower, end, now: now)
            return true
        }
        let lines = load.lines
        while true {
            switch reader.read(follower, into: load, end, now: now) {
            case .hasMore:
                if load.lines - lines >= LineBlock.lines { return true }
            case .atEnd:
                let isQuiet = !follower.isDirty
                follower.isUnread = false
                follower.isDirty = false
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

    /// What is known of the end of a file; `nil` if it need not be read.
    private func end(of follower: Follower, now: Int64) -> MessageCutter.End? {
        if !follower.isDirty {
            if let end = quietEnd(follower), now >= end { return .final }
            if plan.start == nil || !follower.hasPending { return nil }
        }
        // A late writer who never stops must not keep what came after waiting for ever.
        let isOld = follower.gone.map { now >= $0 + plan.rotateWait } ?? false
        let isSettled =
            plan.start != nil && (isOld || now >= follower.changed + plan.settlesAfter)
        return isSettled ? .settled : follower.isDirty ? .open : nil
    }

    /// Looks at a file again when names are looked at the next time.
    private func postpone(_ follower: Follower, now: Int64) {
        follower.isDirty = false
        follower.hasPending = false
        follower.seen.modified = .min
        // It is not quiet, and not looked at without pause.
        follower.changed = now
    }

    /// Times that a file without a name is tried to be read before it is given up.
    private static let attempts = 10

    private func fail(_ follower: Follower, _ error: SocketError, now: Int64) {
        postpone(follower, now: now)
        if follower.gone == nil {
            news.warnOnce("\(follower.path): \(error); it is tried again")
            return
        }
        follower.failures += 1
        guard follower.failures >= Self.attempts else { return }
        news.warn(
            "\(follower.path): \(error): the file that had this name is given up; "
                + "what it has behind byte \(follower.offset) is lost")
        remove(follower)
    }

    private func couldNotOpen(_ follower: Follower, _ end: MessageCutter.End, now: Int64) {
        let mayHaveMore = follower.isUnread || follower.hasPending || isPolling
        postpone(follower, now: now)
        guard end == .final else { return }
        if mayHaveMore {
            news.warn(
                "\(follower.path): the file that had this name can't be opened any more; "
                    + "what it had behind byte \(follower.offset) may be lost")
        }
        remove(follower)
    }

    private func skipCompressed(_ follower: Follower) {
        news.tellOnce("\(follower.path) is compressed and not read")
        follower.isDirty = false
        if follower.gone != nil {
            remove(follower)
        } else {
            close(follower)
        }
    }

    // MARK: - Truncation

    private func truncated(_ follower: Follower, now: Int64) {
        if follower.place != nil { return letGo(changed: follower) }
        news.tell("\(follower.path) was truncated: it is read from its start")
        // What was not read yet may stand in a copy.
        adopt(before: follower, wantsCopy: true, now: now)
        follower.restart()
        follower.isToBeKept = true
    }

    /// Whether an old file that was empty is being filled with what has its name now.
    private func isBeingCopied(_ old: Follower) -> Bool {
        guard old.place != nil, let copy = try? old.file?.bytes(1_024, at: 0), !copy.isEmpty else {
            return false
        }
        return queue.contains { other in
            other !== old && other.path == old.path
                && (try? other.file?.bytes(copy.count, at: 0)) == copy
        }
    }

    /// Lets go of an old file that has become a copy of something else: if that has not been read, it is found
    /// when what was copied is truncated.
    private func letGo(changed copy: Follower) {
        news.detail("\(copy.place ?? copy.path) has been written anew and is let go")
        checkpoints[copy.record().source] = []
        remove(copy)
    }

    /// Sees to what may have stood in a file before anything of it was read.
    func take(_ beginning: Follower.Beginning, of follower: Follower, now: Int64) {
        switch beginning {
        case .same: break
        case .changed: truncated(follower, now: now)
        case .appeared:
            if isBeingCopied(follower) { return letGo(changed: follower) }
            adopt(before: follower, wantsCopy: false, now: now)
            follower.confirmed = follower.seen.modified
        }
    }

    /// Follows what was lost sight of before a file is read on.
    private func adopt(before follower: Follower, wantsCopy: Bool, now: Int64) {
        for copy in queue where copy.place != nil && copy.path == follower.path {
            if let file = copy.file, !copy.fingerprint.matches(file) { letGo(changed: copy) }
        }
        let isNewest = newest[follower.path] === follower
        if isNewest { newest[follower.path] = follower.predecessor }
        listings = DirectoryListings()
        adopt(lost: follower.record(), wantsCopy: wantsCopy, now: now)
        guard isNewest else { return }
        follower.predecessor = newest[follower.path]
        newest[follower.path] = follower
        queue.removeAll { $0 === follower }
        queue.append(follower)
    }

    // MARK: - The end of a file

    /// Lets go of a file that has lost its name and is read to its end.
    private func finish(_ follower: Follower) {
        news.detail("\(follower.path): the file that had this name is done with")
        let links = (try? follower.file?.status().links) ?? 0
        let record = follower.record(isFinished: true)
        if links == 0 {
            // Its number may be another file's in a moment.
            if follower.hasRecord || follower.isToBeKept { checkpoints[record.source] = [] }
        } else if follower.offset > 0 || follower.hasRecord {
            checkpoints[record.source] = record.state
            forget(records.add(record))
        }
        remove(follower)
    }

    private func remove(_ follower: Follower) {
        follower.isToBeKept = false
        follower.isDirty = false
        close(follower)
        unwatch(follower)
        queue.removeAll { $0 === follower }
        followers[follower.id] = nil
        if newest[follower.path] === follower { newest[follower.path] = nil }
    }
}
