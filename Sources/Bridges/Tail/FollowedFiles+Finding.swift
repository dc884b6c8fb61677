import Glibc
import MessageBus
import Sockets

// Which files there are: new ones are opened, those that lost their name are noticed.
extension FollowedFiles {
    /// Looks at all names.
    ///
    /// - Parameters:
    ///   - clock: tells when it is done.
    ///   - spent: the thread's processor time in nanoseconds: how much looking takes, whatever else
    ///     the machine does.
    func scan(now: Int64, clock: () -> Int64, spent: () -> Int64 = { 0 }) {
        needsScan = false
        let isFirst = lastScan == nil
        let begun = spent()
        let search = PathSearch(plan.patterns, but: plan.excluded)
        // What is opened and compared is paid once.
        let cost = max(0, spent() - begun)
        watch(search.directories)
        for failure in search.failures { news.warnOnce("\(failure.error); it is tried again") }
        // Rotated ones first: they are older than what has their names now.
        listings = DirectoryListings()
        let vanished = vanished(search)
        compare(with: search, now: now)
        noteUnknown(search)
        lookForUnfound(search, now: now)
        if isFirst { lookForUnknown(search, now: now) }
        // Nothing is looked for while a name has its file: what appears beside it may be a copy that
        // is just being made.
        let held = Set(search.files.filter { followers[$0.status.id] != nil }.map(\.path))
        vacant.forget(held)
        for record in vacant.records { adopt(lost: record, wantsCopy: false, now: now) }
        // What has been found under another name is the newest of its own.
        for (path, before) in vanished where newest[path] === before { news.noteVanished(path) }
        for (path, status) in search.files
        where followers[status.id]?.gone != nil
            || (followers[status.id] == nil && !open(path, status.id, now: now))
        {
            miss(path, status, isFirst: isFirst)
        }
        let taken = Set(search.files.filter { isLive($0.status.id) }.map(\.path))
        vacant.forget(taken)
        vacant.shorten()
        passOver(firstFollowed, but: Set(search.files.map(\.status.id)))
        firstFollowed = []
        if isFirst { keepPatterns() }
        lastScan = (clock(), cost)
    }

    /// Asks the open files whether they have changed, where the kernel does not tell: a line in a file
    /// that is known need not wait until all names have been looked at.
    func glance(now: Int64) {
        lastGlance = now
        for follower in queue {
            if let status = try? follower.file?.status() { follower.note(status, now: now) }
        }
    }

    /// Names that a file got and lost since they were last looked at, and the newest of each that is
    /// known.
    private func vanished(_ search: PathSearch) -> [(FilePath, before: Follower?)] {
        defer { appeared = [] }
        if appeared.isEmpty || lastScan == nil { return [] }
        let gone = appeared.subtracting(search.files.map(\.path)).filter { path in
            // One that was followed a moment ago may be the one that appeared.
            newest[path]?.gone != nil || newest[path] == nil
        }
        return gone.filter { plan.follows($0) && !search.isUnsure(about: $0) }
            .map { ($0, newest[$0]) }
    }

    private func keepPatterns() {
        if queue.isEmpty {
            news.tell("no file matches \(plan.patterns.map(\.text).joined(separator: ", ")) yet")
        }
        let patterns = plan.patterns.map(\.text).joined(separator: "\n")
        checkpoints[Self.patternsSource] = Array(patterns.utf8)
    }

    /// Whether a file is followed under a name that matches.
    private func isLive(_ id: FileID) -> Bool { followers[id].map { $0.gone == nil } ?? false }

    /// Notes that what had a name when names were looked at could not be opened: it may have been
    /// rotated away, and is looked for before what has the name now is opened.
    private func miss(_ path: FilePath, _ status: FileStatus, isFirst: Bool) {
        if (try? FileStatus(path))?.id != status.id { needsScan = true }
        if vacant.contains(path) { return }
        // What was there at the first start is not read anyway.
        if isFirst, plan.startsAtEnd, !isKnown(path) { return }
        let last = records.all.filter { $0.path == path }.max { $0.modified < $1.modified }
        vacant.note(
            newest[path]?.record() ?? last
                ?? FileRecord(unknownOf: path, since: status.modified))
    }

    /// Notes names that nothing is known of: what had them since they were last looked at may have
    /// been rotated away already.
    private func noteUnknown(_ search: PathSearch) {
        let look = lastLook
        // What was written just before may be stamped a tick earlier.
        lastLook = Self.wallTime - 20_000_000
        defer { hinted = [] }
        guard lastScan != nil else { return }
        let present = search.files.filter { followers[$0.status.id] == nil }.map(\.path)
        for path in hinted.union(present) where plan.follows(path) {
            if let last = newest[path], last.gone == nil { continue }
            if vacant.contains(path) { continue }
            vacant.note(newest[path]?.record() ?? FileRecord(unknownOf: path, since: look))
        }
    }

    private static var wallTime: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Compares what is followed with what is there.
    private func compare(with search: PathSearch, now: Int64) {
        var first: [FileID: (path: FilePath, status: FileStatus)] = [:]
        var names: [FilePath: FileID] = [:]
        for (path, status) in search.files {
            if first[status.id] == nil { first[status.id] = (path, status) }
            names[path] = status.id
        }
        var begun: [(Follower, Follower.Beginning)] = []
        for follower in queue {
            if let (path, status) = first[follower.id] {
                follower.gone = nil
                if names[follower.path] != follower.id { rename(follower, to: path) }
                follower.note(status, now: now)
                let beginning = follower.glimpse()
                if beginning != .same { begun.append((follower, beginning)) }
            } else if follower.gone != nil {
                if let status = try? follower.file?.status() { follower.note(status, now: now) }
            } else if !search.isUnsure(about: follower.path) {
                news.detail("\(follower.path) is gone or another file")
                follower.gone = now
                follower.isDirty = true
                vacant.note(follower.record())
            }
        }
        for (follower, beginning) in begun { take(beginning, of: follower, now: now) }
    }

    private func rename(_ follower: Follower, to path: FilePath) {
        news.detail("\(follower.path) is called \(path) now")
        if newest[follower.path] === follower { newest[follower.path] = nil }
        follower.path = path
        follower.source = plan.source(path)
        // What it is called is part of its record.
        follower.isToBeKept = true
    }

    // MARK: - Opening

    /// Opens what has a name; false if that is not what had it when names were looked at, or can't
    /// be opened.
    private func open(_ path: FilePath, _ listed: FileID, now: Int64) -> Bool {
        guard let file = openFile(path) else { return false }
        do throws(SocketError) {
            let status = try file.status()
            // What has been rotated away comes first. There are file systems that call a file
            // something else once it is open.
            if status.id != listed, (try? FileStatus(path))?.id != listed { return false }
            guard status.isRegular, followers[status.id] == nil else { return true }
            if let record = records.record(of: file, status.id) {
                try resume(file, status, path, record, now: now)
            } else {
                try begin(file, status, path, now: now)
            }
            return true
        } catch {
            news.warnOnce("\(path): \(error); it is tried again")
            return false
        }
    }

    private func resume(
        _ file: OpenFile, _ status: FileStatus, _ path: FilePath, _ record: FileRecord, now: Int64
    ) throws(SocketError) {
        let fingerprint = try Fingerprint(of: file, upTo: record.fingerprint.offset)
        take(record)
        if record.fingerprint.offset == 0, status.modified != record.modified {
            // Nothing was read of it then, so that it can't be told whether it was truncated since.
            adopt(lost: record, wantsCopy: false, now: now)
        }
        let follower = Follower(
            file, status, path: path, source: plan.source(path), from: fingerprint, now: now,
            hasRecord: record.id == status.id)
        // The device has another number since the system was started anew.
        if record.id != status.id {
            checkpoints[record.source] = []
            follower.isToBeKept = true
        }
        add(follower)
    }

    private func begin(
        _ file: OpenFile, _ status: FileStatus, _ path: FilePath, now: Int64
    ) throws(SocketError) {
        let stale = records.record(of: status.id)
        if let stale {
            // The number is known and the content is not: truncated, or another file by now.
            take(stale)
            checkpoints[stale.source] = []
            if !stale.isFinished { adopt(lost: stale, wantsCopy: true, now: now) }
        }
        var fingerprint = Fingerprint()
        let isNew = lastScan == nil && stale == nil && !isKnown(path)
        if isNew, plan.startsAtEnd { fingerprint = try end(of: file, status.size) }
        let follower = Follower(
            file, status, path: path, source: plan.source(path), from: fingerprint, now: now,
            hasRecord: stale != nil)
        // Also of what nothing has been read of: it is looked for if it is rotated away meanwhile.
        follower.isToBeKept = true
        if isNew { firstFollowed.insert(follower.target.directory) }
        add(follower)
    }

    /// Whether the pattern that a path matches was followed in an earlier run: what is there now has
    /// appeared since.
    private func isKnown(_ path: FilePath) -> Bool {
        plan.patterns.contains { knownPatterns.contains($0.text) && $0.matches(path) }
    }

    /// Behind the last whole line of so many bytes.
    private func end(of file: OpenFile, _ size: UInt64) throws(SocketError) -> Fingerprint {
        let count = min(size, UInt64(plan.longest) + 1)
        let start = size - count
        let bytes = try file.bytes(Int(count), at: start)
        let line = bytes.lastIndex(of: 0x0A).map { start + UInt64($0) + 1 }
        // One half line that is all there is will be whole later; the rest of a long one is lost.
        return try Fingerprint(of: file, upTo: line ?? (start == 0 ? 0 : size))
    }

    /// Notes which other files there were when files of a directory were first followed: those that
    /// look like rotated ones were rotated before.
    private func passOver(_ directories: Set<FilePath>, but matching: Set<FileID>) {
        var files: [(path: FilePath, status: FileStatus)] = []
        for directory in directories {
            for entry in listings[directory] where entry.kind != .directory {
                let path = directory.appending(entry.name)
                guard let status = try? FileStatus(path), status.isRegular else { continue }
                if followers[status.id] == nil, !matching.contains(status.id) {
                    files.append((path, status))
                }
            }
        }
        passedOver.note(files)
    }

    /// Up to where a file was passed over, half a line left out; `nil` if it was not.
    private func endOfPassedOver(_ file: OpenFile, _ status: FileStatus) -> UInt64? {
        guard let size = passedOver.size(of: file, status) else { return nil }
        if size == status.size { return size }
        return (try? end(of: file, size))?.offset ?? size
    }

    private func take(_ record: FileRecord) {
        records.remove(record.id)
        unfound.removeAll { $0.id == record.id }
    }

    func add(_ follower: Follower) {
        if let file = follower.file {
            openFiles += 1
            do throws(SocketError) {
                if let watch = try events?.watchFile(file.descriptor) {
                    follower.watch = watch
                    watched[watch] = .file(follower.id)
                }
                if !FileEvents.hears(file.descriptor) { isPolling = true }
            } catch {
                isPolling = true
                news.warnOnce(Self.polling(error))
            }
        }
        follower.predecessor = newest[follower.path]
        newest[follower.path] = follower
        _ = follower.glimpse()
        followers[follower.id] = follower
        queue.append(follower)
        watchTarget(of: follower)
        news.detail("\(follower.path) is followed from byte \(follower.offset) on")
    }

    // MARK: - What has been lost sight of

    /// Looks for files of an earlier run that are not where they were.
    private func lookForUnfound(_ search: PathSearch, now: Int64) {
        guard !unfound.isEmpty else { return }
        let present = Set(search.files.map(\.status.id))
        // A file whose number is there may still turn out to be another one; `begin` sees to that.
        let lost = unfound.filter { !present.contains($0.id) && !search.isUnsure(about: $0.path) }
        for record in lost.sorted(by: { $0.modified < $1.modified }) {
            guard unfound.contains(record) else { continue }
            unfound.removeAll { $0 == record }
            // Its number is of no use if the device's has changed.
            if hasMoved(record, in: search) { continue }
            vacant.note(record)
            let isFound = adopt(lost: record, wantsCopy: true, now: now)
            if !isFound, record.fingerprint.offset > 0 {
                news.tellOnce(
                    "\(record.path): the file that was read up to byte \(record.fingerprint.offset)"
                        + " is not there any more; what it had besides may be lost")
            }
        }
    }

    /// Looks for files that came after the last one of their name that is known, and were rotated
    /// away before this run.
    private func lookForUnknown(_ search: PathSearch, now: Int64) {
        let present = Set(search.files.map(\.path))
        let latest = Dictionary(records.all.map { ($0.path, $0) }) {
            $0.modified < $1.modified ? $1 : $0
        }
        for (path, record) in latest.sorted(by: { $0.key < $1.key })
        where !search.isUnsure(about: path) {
            if record.isFinished { adopt(lost: record, wantsCopy: false, now: now) }
            if !present.contains(path), !vacant.contains(path) {
                vacant.note(record)
            }
        }
    }

    /// Whether a file that is there now is the one of a record, on a device of another number.
    private func hasMoved(_ record: FileRecord, in search: PathSearch) -> Bool {
        record.fingerprint.offset >= 16
            && search.files.contains { path, status in
                status.id.inode == record.id.inode
                    && (try? OpenFile(path)).map(record.fingerprint.matches) == true
            }
    }

    /// Follows what had a file's name before and has still to be read; whether there was anything.
    @discardableResult
    func adopt(
        lost: FileRecord, wantsCopy: Bool, now: Int64
    ) -> Bool {
        let search = Generations(
            lost: lost,
            others: {
                let known = self.unfound + self.queue.map { $0.record() }
                return known.filter { $0.path == lost.path && $0.id != lost.id }
            },
            wantsCopy: wantsCopy, isFollowed: plan.follows,
            isExcluded: plan.excludes,
            unread: { self.queue.filter { $0.path == lost.path }.map(\.firstBytes) },
            isKnown: { self.followers[$0] != nil },
            passedOver: { self.endOfPassedOver($0, $1) },
            record: { self.records.record(of: $0, $1) }, listings: listings)
        var isFound = false
        for found in search.find() {
            guard let fingerprint = try? Fingerprint(of: found.file, upTo: found.offset) else {
                continue
            }
            isFound = isFound || found.isSame
            records.remove(found.status.id)
            // What else had its number, and is another file by now, is still to be looked for.
            unfound.removeAll { $0.id == found.status.id && $0.fingerprint.matches(found.file) }
            let follower = Follower(
                found.file, found.status, path: lost.path, target: lost.target,
                source: plan.source(lost.path), from: fingerprint, now: now,
                hasRecord: found.status.id == lost.id)
            follower.gone = now
            follower.isToBeKept = true
            follower.place = found.path
            follower.isCopy = found.isCopy
            add(follower)
            vacant.note(follower.record())
            news.tell(
                "\(lost.path): \(found.path) was the file of that name before; "
                    + "it is read from byte \(found.offset) on")
        }
        return isFound
    }
}
