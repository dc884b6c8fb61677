import Chat
import Glibc
import MessageBus
import Sockets

// Which files there are: new ones are opened, those that lost their name are noticed.
extension TailedFiles {
    /// Looks at names: at all if it is time, else at those that something was heard of.
    ///
    /// - Parameters:
    ///   - clock: tells when it is done.
    ///   - spent: the thread's processor time in nanoseconds: how much looking takes, whatever else
    ///     the machine does.
    func scan(now: Int64, clock: () -> Int64, spent: () -> Int64 = { 0 }) {
        let isFull = hints.isEmpty || now >= nextFullScan
        let isFirst = lastScan == nil
        let begun = spent()
        let heard = hints
        hints = ChangedNames()
        if isFull { needsScan = false }
        let search =
            isFull
            ? PathSearch(configuration)
            : PathSearch(configuration, names: Set(heard.names), directories: heard.directories)
        // What is opened and compared is paid once.
        let cost = max(0, spent() - begun)
        listings = DirectoryListings()
        rotationDirectories = nil
        let newDirectories = search.directories.filter { directories[$0] != $1 }.map(\.key)
        directories = isFull ? search.directories : directories.merging(search.directories) { $1 }
        watch(search.directories, isAll: isFull)
        tell(search, isFull: isFull)
        look(search, heard, now: now, isFull: isFull)
        passOver(newDirectories)
        if isFirst { finishFirstLook() }
        if isFull {
            lastScan = (clock(), cost)
            sweepRecords(now: now)
        }
        lastPartial = (clock(), isFull ? cost : max(0, spent() - begun))
    }

    private func look(_ search: PathSearch, _ heard: ChangedNames, now: Int64, isFull: Bool) {
        let isFirst = lastScan == nil
        noteOwnFiles()
        note(heard, search)
        compare(with: search, now: now, isFull: isFull)
        // What has a new name is no new file.
        for path in heard.appeared.keys where isFollowed(at: path) {
            tailLog.losses.wasKnown(at: path)
        }
        noteUnknown(search, heard)
        if isFull { lookForUnfound(search, now: now) }
        if isFirst { lookForUnknown(search, now: now) }
        // Nothing is looked for while a name has its file: what appears beside it may be a copy that
        // is just being made.
        forgetVacant { tailedFiles[$0] != nil }
        // Rotated ones first: they are older than what has their names now.
        for record in missing.records where isFull || isNear(record, heard, search) {
            adopt(lost: record, wantsCopy: false, now: now, heard: heard)
        }
        for (path, status) in search.files
        where tailedFiles[status.id]?.gone != nil
            || (tailedFiles[status.id] == nil && !open(path, status, now: now))
        {
            miss(path, status, isFirst: isFirst)
        }
        forgetVacant { isLive($0) }
        missing.shorten()
        tailLog.losses.settle()
    }

    /// Asks the open files whether they have changed, where the kernel does not tell: a line in a file
    /// that is known need not wait until all names have been looked at.
    func glance(now: Int64, spent: () -> Int64 = { 0 }) {
        lastGlance = now
        let begun = spent()
        for tailed in reserved.values {
            if tailed.work == nil || !reader.hasBeenWritten(tailed) { continue }
            tailed.isUnread = true
            tailed.isDirty = true
            tailed.changed = now
        }
        if isPolling {
            for tailed in queue where tailed.watch == nil || tailed.isSilent {
                if let status = try? tailed.file?.status() { tailed.note(status, now: now) }
            }
        }
        glanceCost = max(0, spent() - begun)
    }

    /// Tells what can't be followed.
    private func tell(_ search: PathSearch, isFull: Bool) {
        tailLog.failures.replace(
            search.failures.mapValues(\.reason), isAll: isFull, at: search.names)
        tailLog.others.replace(search.others, isAll: isFull, at: search.names)
        let linksOut = Dictionary(search.linksOut.map { ($0, "") }) { first, _ in first }
        tailLog.linksOut.replace(linksOut, isAll: isFull, at: search.names)
        let unentered = Dictionary(search.unentered.map { ($0, "") }) { first, _ in first }
        tailLog.unentered.replace(unentered, isAll: isFull, at: [])
        if isFull {
            let found = Set(search.files.map(\.path))
            tailLog.refused.keep { found.contains($0) }
            tailLog.own.keep { found.contains($0) }
        }
    }

    private func finishFirstLook() {
        if queue.isEmpty, tailLog.hasNothingToTell {
            tailLog.tell(
                "no file matches \(configuration.patterns.map(\.text).joined(separator: ", ")) yet")
        }
        let patterns = configuration.patterns.map(\.text).joined(separator: "\n")
        checkpoints[Self.patternsSource] = Array(patterns.utf8)
        checkpoints[Self.knownSource] = [1]
        knowsAllBefore = true
    }

    /// Whether a file is followed under a name that matches.
    private func isLive(_ id: FileID) -> Bool { tailedFiles[id].map { $0.gone == nil } ?? false }

    private func isFollowed(at path: FilePath) -> Bool {
        names[path].map { tailedFiles[$0] != nil } ?? false
    }

    /// Forgets vacant names that have a file again.
    private func forgetVacant(where isTaken: (FileID) -> Bool) {
        if missing.records.isEmpty { return }
        let taken = missing.records.map(\.path).filter { names[$0].map(isTaken) ?? false }
        missing.forget(Set(taken))
    }

    /// Whether something was heard of around a vacant name.
    private func isNear(_ record: FileRecord, _ heard: ChangedNames, _ search: PathSearch) -> Bool {
        if heard.names.contains(record.path) || search.names.contains(record.path) { return true }
        let places = [record.path.directory, record.target.directory]
        return heard.unmatched.contains { places.contains($0.directory) }
            || search.files.contains { $0.path == record.path }
    }

    /// Counts the files that names got, and notes what has them now.
    private func note(_ heard: ChangedNames, _ search: PathSearch) {
        for (path, count) in heard.appeared where !search.isUnsure(about: path) {
            tailLog.losses.appeared(at: path, times: count)
            // What is no file, or not followed, is not lost.
            if search.others[path] != nil || search.linksOut.contains(path) {
                tailLog.losses.found(at: path)
            }
        }
    }

    /// Notes that what had a name when names were looked at could not be opened: it may have been
    /// rotated away, and is looked for before what has the name now is opened.
    private func miss(_ path: FilePath, _ status: FileStatus, isFirst: Bool) {
        // What may not be read is still there.
        if tailLog.refused.contains(path) || tailLog.own.contains(path) { return }
        if (try? FileStatus(path))?.id != status.id { hints.add(path, isNew: false) }
        if missing.contains(path) { return }
        // What was there at the first start is not read anyway.
        if isFirst, configuration.startsAtEnd, !isKnown(path) { return }
        let last = records.last(of: path)
        missing.note(
            newest[path]?.record() ?? last
                ?? FileRecord(unknownOf: path, since: status.modified))
    }

    /// Notes names that nothing is known of: what had them since they were last looked at may have
    /// been rotated away already.
    private func noteUnknown(_ search: PathSearch, _ heard: ChangedNames) {
        let look = lastLook
        // What was written just before may be stamped a tick earlier.
        lastLook = wallTime() - 20_000_000
        guard lastScan != nil else { return }
        let present = search.files.filter { tailedFiles[$0.status.id] == nil }.map(\.path)
        for path in heard.names.union(present) where configuration.follows(path) {
            if let last = newest[path], last.gone == nil { continue }
            if missing.contains(path) || tailLog.refused.contains(path) { continue }
            if let last = newest[path] {
                missing.note(last.record())
            } else if mayHaveBeenRotated(path, heard) {
                missing.note(FileRecord(unknownOf: path, since: look))
            }
        }
    }

    /// Whether there may have been a file before that has a name for the first time, as far as is
    /// known: if that was heard of, and nothing else was, there was not.
    private func mayHaveBeenRotated(_ path: FilePath, _ heard: ChangedNames) -> Bool {
        !heard.unmatched.isEmpty || events == nil || isPolling || names[path] == nil
            || heard.appeared[path] != 1
    }

    static func realTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // MARK: - Comparing

    /// Compares what is followed with what is there.
    private func compare(with search: PathSearch, now: Int64, isFull: Bool) {
        var first: [FileID: (path: FilePath, status: FileStatus)] = [:]
        if isFull { names.removeAll(keepingCapacity: true) }
        for path in search.names where !search.isUnsure(about: path) { names[path] = nil }
        for (path, status) in search.files {
            if first[status.id] == nil { first[status.id] = (path, status) }
            names[path] = status.id
        }
        var begun: [(TailedFile, TailedFile.Beginning)] = []
        for tailed in isFull ? queue : touched(by: search) {
            if let (path, status) = first[tailed.id] {
                tailed.gone = nil
                if names[tailed.path] != tailed.id { rename(tailed, to: path) }
                tailed.note(status, now: now)
                let beginning = tailed.glimpse()
                if beginning != .same { begun.append((tailed, beginning)) }
            } else if tailed.gone != nil {
                if let status = try? tailed.file?.status() { tailed.note(status, now: now) }
            } else if names[tailed.path] == tailed.id {
                continue
            } else if !isFull, hasOtherNames(tailed) {
                needsScan = true
            } else if !search.isUnsure(about: tailed.path) {
                loseName(tailed, now: now)
            }
        }
        for (tailed, beginning) in begun { take(beginning, of: tailed, now: now) }
    }

    /// Followers that what was looked at concerns.
    private func touched(by search: PathSearch) -> [TailedFile] {
        var seen: Set<ObjectIdentifier> = []
        let found = search.files.compactMap { tailedFiles[$0.status.id] }
        let named = search.names.sorted().flatMap { tailedFiles(of: $0) }
        return (named + found).filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    /// Whether a file that lost its name may have another one that matches.
    private func hasOtherNames(_ tailed: TailedFile) -> Bool {
        guard let status = try? tailed.file?.status() else { return false }
        return status.links > 1
    }

    private func loseName(_ tailed: TailedFile, now: Int64) {
        tailLog.detail("\(tailed.path) is gone or another file")
        tailed.gone = now
        tailed.isDirty = true
        setAlarm(tailed)
        missing.note(tailed.record())
        learnForm(of: tailed)
    }

    /// Notes where rotation has put a number or a date, if what was renamed tells.
    private func learnForm(of tailed: TailedFile) {
        guard let place = tailed.file?.target, place != tailed.target,
            let mark = RotatedName(of: tailed.target.name).place(in: Array(place.name))
        else { return }
        confirm(mark, in: tailed.path)
    }

    /// Keeps a place in a name at which rotation puts a number or a date.
    func confirm(_ mark: Int, in path: FilePath) {
        guard rotationMarks[path, default: []].insert(mark).inserted else { return }
        var state: [UInt8] = []
        for (path, marks) in rotationMarks.sorted(by: { $0.key < $1.key }) {
            for mark in marks.sorted() { state += Array("\(mark) ".utf8) + path.bytes + [0] }
        }
        checkpoints[Self.marksSource] = state
    }

    private func rename(_ tailed: TailedFile, to path: FilePath) {
        tailLog.detail("\(tailed.path) is called \(path) now")
        unlink(tailed)
        tailed.path = path
        tailed.origin = senders.origin(path)
        link(tailed)
        // What it is called is part of its record.
        tailed.isToBeKept = true
    }

    /// Makes a follower the newest of its name.
    func link(_ tailed: TailedFile) {
        tailed.predecessor = newest[tailed.path]
        newest[tailed.path] = tailed
    }

    /// Takes a follower out of those of its name.
    func unlink(_ tailed: TailedFile) {
        if newest[tailed.path] === tailed {
            newest[tailed.path] = tailed.predecessor
            if tailed.predecessor == nil { senders.forget(tailed.path) }
        } else {
            var next = newest[tailed.path]
            while let one = next, one.predecessor !== tailed { next = one.predecessor }
            next?.predecessor = tailed.predecessor
        }
        tailed.predecessor = nil
    }
}
