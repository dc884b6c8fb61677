import Chat
import Glibc
import MessageBus
import Sockets

// Scanning: finds new files, and files that lost their path.
extension TailedFiles {
    /// Scans all names if a full scan is due, otherwise the changed ones.
    ///
    /// - Parameters:
    ///   - clock: returns the time; asked again when the scan is done.
    ///   - spent: returns the processor time used by the thread: the cost of scanning, whatever
    ///     else the machine does.
    func scan(now: MonotonicTime, clock: () -> MonotonicTime, spent: () -> Duration = { .zero }) {
        assertOwned()
        let isFirst = schedule.isFirstScan
        let isFull = schedule.beginScan(changedNames, now: now)
        let begun = spent()
        let heard = changedNames
        changedNames = ChangedNames()
        let search =
            isFull
            ? PathSearch(configuration)
            : PathSearch(configuration, names: Set(heard.names), directories: heard.directories)
        // Opening and comparing happens once per file and does not count.
        let cost = max(.zero, spent() - begun)
        lookups = ScanLookups()
        let newDirectories = scannedPaths.setDirectories(search.directories, isAll: isFull)
        watch(search.directories, isAll: isFull)
        reportProblems(search, isFull: isFull)
        applySearch(search, heard, now: now, isFull: isFull)
        ignore(newDirectories)
        if isFirst { finishFirstScan() }
        if isFull {
            schedule.endFullScan(ScanSchedule.Work(time: clock(), cost: cost))
            sweepRecords(now: now)
        }
        let whole = isFull ? cost : max(.zero, spent() - begun)
        schedule.endScan(ScanSchedule.Work(time: clock(), cost: whole))
    }

    private func applySearch(
        _ search: PathSearch, _ heard: ChangedNames, now: MonotonicTime, isFull: Bool
    ) {
        let isFirst = schedule.isFirstScan
        ownFiles.find(configuration.ownFiles())
        countAppearedFiles(heard, search)
        compare(with: search, now: now, isFull: isFull)
        // A tailed file with a new path is no new file.
        for path in heard.appeared.keys where isFollowed(at: path) {
            tailLog.losses.wasKnown(at: path)
        }
        recordUnknownNames(search, heard)
        if isFull { searchForUnfound(search, now: now) }
        if isFirst { searchForUnknown(search, now: now) }
        // Nothing is searched for while a path has its file: a file that appears beside it may be a
        // copy in the making.
        forgetMissing { index[$0] != nil }
        // Rotated files first: they are older than the files that have their paths now.
        for record in records.missing.records where isFull || isNear(record, heard, search) {
            adopt(lost: record, wantsCopy: false, now: now, heard: heard)
        }
        for (path, status) in search.files
        where index[status.id]?.isLost == true
            || (index[status.id] == nil && !open(path, status, now: now))
        {
            recordMissed(path, status, isFirst: isFirst)
        }
        forgetMissing { index.isLive($0) }
        records.missing.shorten()
        tailLog.losses.settle()
    }

    /// Polls the open files where the kernel does not report changes, so that a line in a known
    /// file need not wait for a full scan.
    func pollOpenFiles(now: MonotonicTime, spent: () -> Duration = { .zero }) {
        assertOwned()
        let begun = spent()
        for (tailed, sum) in watches.reserved.values where reader.hasBeenWritten(tailed, since: sum)
        {
            tailed.observed.recordChange(now: now)
            tailed.recordWrite()
        }
        if schedule.isPolling {
            for tailed in index.all where tailed.watching.needsPolling {
                if let status = try? tailed.file?.status() { tailed.updateStatus(status, now: now) }
            }
        }
        schedule.endPoll(ScanSchedule.Work(time: now, cost: max(.zero, spent() - begun)))
    }

    /// Reports the paths that can't be tailed.
    private func reportProblems(_ search: PathSearch, isFull: Bool) {
        tailLog.failures.replace(
            search.failures.mapValues(\.reason), isAll: isFull, at: search.names)
        tailLog.others.replace(search.others, isAll: isFull, at: search.names)
        let linksOut = Dictionary(search.linksOut.map { ($0, "") }) { first, _ in first }
        tailLog.linksOut.replace(linksOut, isAll: isFull, at: search.names)
        let unentered = Dictionary(search.unentered.map { ($0, "") }) { first, _ in first }
        tailLog.unentered.replace(unentered, isAll: isFull, at: [])
        if isFull {
            let found = Set(search.files.map(\.path))
            tailLog.refused.removeAll(except: found.contains)
            tailLog.own.removeAll(except: found.contains)
        }
    }

    private func finishFirstScan() {
        if index.all.isEmpty, tailLog.hasNothingToReport {
            tailLog.info(
                "no file matches \(configuration.patterns.map(\.text).joined(separator: ", ")) yet")
        }
        let patterns = configuration.patterns.map(\.text).joined(separator: "\n")
        checkpoints.save(Array(patterns.utf8), as: CheckpointKey.patterns)
        checkpoints.save([1], as: CheckpointKey.known)
        records.earlierRun.knowsAllBefore = true
    }

    private func isFollowed(at path: FilePath) -> Bool {
        scannedPaths.file(at: path).map { index[$0] != nil } ?? false
    }

    /// Removes missing paths that have a file again.
    private func forgetMissing(where isTaken: (FileID) -> Bool) {
        if records.missing.records.isEmpty { return }
        let taken = records.missing.records.map(\.path).filter {
            scannedPaths.file(at: $0).map(isTaken) ?? false
        }
        records.missing.forget(Set(taken))
    }

    /// Returns true if something changed in the directories of a missing path.
    private func isNear(_ record: FileRecord, _ heard: ChangedNames, _ search: PathSearch) -> Bool {
        if heard.names.contains(record.path) || search.names.contains(record.path) { return true }
        let places = [record.path.directory, record.target.directory]
        return heard.unmatched.contains { places.contains($0.directory) }
            || search.files.contains { $0.path == record.path }
    }

    /// Counts the files that appeared.
    private func countAppearedFiles(_ heard: ChangedNames, _ search: PathSearch) {
        for (path, count) in heard.appeared where !search.isUnsure(about: path) {
            tailLog.losses.appeared(at: path, times: count)
            // A path of anything but a file, or of a link that is not followed, is no loss.
            if search.others[path] != nil || search.linksOut.contains(path) {
                tailLog.losses.found(at: path)
            }
        }
    }

    /// Records a listed file that could not be opened.
    ///
    /// It may have been rotated away, and is searched for before the file that has its path now is
    /// opened.
    private func recordMissed(_ path: FilePath, _ status: FileStatus, isFirst: Bool) {
        // A file without read permission is still there.
        if tailLog.refused.contains(path) || tailLog.own.contains(path) { return }
        if (try? FileStatus(path))?.id != status.id { changedNames.insert(path, isNew: false) }
        if records.missing.contains(path) { return }
        // Content from before the first start is not read anyway.
        if isFirst, configuration.startsAtEnd, !isKnown(path) { return }
        let last = records.inactive.last(of: path)
        records.missing.insert(
            index.newest(of: path)?.record() ?? last
                ?? FileRecord(unknownOf: path, since: status.modified))
    }

    /// Records paths without a known file: files that had them since the last scan may have been
    /// rotated away already.
    private func recordUnknownNames(_ search: PathSearch, _ heard: ChangedNames) {
        let look = schedule.lastScanWallTime
        // A file written just before may be stamped a tick earlier.
        schedule.lastScanWallTime = (clock.wall() - .milliseconds(20)).milliseconds * 1_000_000
        guard !schedule.isFirstScan else { return }
        let present = search.files.filter { index[$0.status.id] == nil }.map(\.path)
        for path in heard.names.union(present) where configuration.follows(path) {
            if let last = index.newest(of: path), !last.isLost { continue }
            if records.missing.contains(path) || tailLog.refused.contains(path) { continue }
            if let last = index.newest(of: path) {
                records.missing.insert(last.record())
            } else if mayHaveBeenRotated(path, heard) {
                records.missing.insert(FileRecord(unknownOf: path, since: look))
            }
        }
    }

    /// Returns true if another file may have had a new path before.
    ///
    /// None had if the appearance was the only event.
    private func mayHaveBeenRotated(_ path: FilePath, _ heard: ChangedNames) -> Bool {
        !heard.unmatched.isEmpty || events == nil || schedule.isPolling
            || scannedPaths.file(at: path) == nil
            || heard.appeared[path] != 1
    }

    // MARK: - Comparing

    /// Compares the tailed files with a scan.
    private func compare(with search: PathSearch, now: MonotonicTime, isFull: Bool) {
        var first: [FileID: (path: FilePath, status: FileStatus)] = [:]
        for (path, status) in search.files where first[status.id] == nil {
            first[status.id] = (path, status)
        }
        scannedPaths.setFiles(
            search.files, at: search.names.lazy.filter { !search.isUnsure(about: $0) },
            isAll: isFull)
        var begun: [(TailedFile, ReadState.Beginning)] = []
        for tailed in isFull ? index.all : touched(by: search) {
            if let (path, status) = first[tailed.id] {
                tailed.regain()
                if scannedPaths.file(at: tailed.path) != tailed.id { rename(tailed, to: path) }
                tailed.updateStatus(status, now: now)
                let beginning = tailed.readHead()
                if beginning != .same { begun.append((tailed, beginning)) }
            } else if tailed.isLost {
                if let status = try? tailed.file?.status() { tailed.updateStatus(status, now: now) }
            } else if scannedPaths.file(at: tailed.path) == tailed.id {
                continue
            } else if !isFull, hasOtherNames(tailed) {
                schedule.requireFullScan()
            } else if !search.isUnsure(about: tailed.path) {
                loseName(tailed, now: now)
            }
        }
        for (tailed, beginning) in begun { resolve(beginning, of: tailed, now: now) }
    }

    /// Returns the tailed files that a partial scan concerns.
    private func touched(by search: PathSearch) -> [TailedFile] {
        var seen: Set<ObjectIdentifier> = []
        let found = search.files.compactMap { index[$0.status.id] }
        let named = search.names.sorted().flatMap { index.files(of: $0) }
        return (named + found).filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    /// Returns true if a file that lost its path may have another matching one.
    private func hasOtherNames(_ tailed: TailedFile) -> Bool {
        guard let status = try? tailed.file?.status() else { return false }
        return status.links > 1
    }

    private func loseName(_ tailed: TailedFile, now: MonotonicTime) {
        tailLog.debug("\(tailed.path) is gone, or is another file now")
        tailed.lose(now: now)
        tailed.isDirty = true
        setAlarm(tailed)
        records.missing.insert(tailed.record())
        learnForm(of: tailed)
    }

    /// Learns from a renamed file where rotation inserts a number or date.
    private func learnForm(of tailed: TailedFile) {
        guard let place = tailed.file?.target, place != tailed.target,
            let mark = RotatedName(of: tailed.target.name).markIndex(in: Array(place.name))
        else { return }
        confirm(mark, in: tailed.path)
    }

    /// Saves the byte index at which rotation inserts a number or date into a name.
    func confirm(_ mark: Int, in path: FilePath) {
        guard records.rotationMarks.insert(mark, of: path) else { return }
        checkpoints.save(records.rotationMarks.state, as: CheckpointKey.marks)
    }

    private func rename(_ tailed: TailedFile, to path: FilePath) {
        tailLog.debug("\(tailed.path) is called \(path) now")
        let former = tailed.path
        if index.rename(tailed, to: path) { senders.forget(former) }
        tailed.origin = senders.origin(path)
        // The path is part of its record.
        tailed.saveCheckpoint()
    }
}
