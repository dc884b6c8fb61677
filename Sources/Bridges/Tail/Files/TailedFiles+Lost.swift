import Chat
import MessageBus
import Sockets

// Searching for lost files: rotated away between two scans or between two runs.
extension TailedFiles {
    // MARK: - What an earlier run has kept

    /// Restores the checkpoints of an earlier run.
    func restore(_ kept: [String: [UInt8]]) {
        var unasked: Set<FilePath> = []
        for (source, state) in kept {
            switch source {
            case Self.patternsSource:
                let lines = state.split(separator: 0x0A)
                knownPatterns = Set(lines.map { String(decoding: $0, as: UTF8.self) })
            case Self.knownSource: knowsAllBefore = true
            case Self.marksSource: restoreMarks(state)
            default: restore(source, state, &unasked)
            }
        }
        // This is the first run: no earlier one can have missed anything.
        if kept.isEmpty { knowsAllBefore = true }
        if !unasked.isEmpty {
            tailLog.info(
                "\(TailLog.list(unasked.sorted())) no longer asked for: what is written there from "
                    + "now on does not come in")
        }
    }

    private func restore(_ source: String, _ state: [UInt8], _ unasked: inout Set<FilePath>) {
        let isIgnored = source.hasPrefix(IgnoredFiles.sourcePrefix)
        let numbers =
            isIgnored ? String(source.dropFirst(IgnoredFiles.sourcePrefix.count)) : source
        guard var record = FileRecord(source: numbers, state: state) else {
            tailLog.warnOnce(
                "what was kept of the file \(source) can't be read: it is read from its start")
            checkpoints[source] = []
            return
        }
        if isIgnored { return ignoredFiles.restore(record) }
        if !configuration.follows(record.path) {
            guard !configuration.excludes(record.path),
                let live = configuration.livePath(of: record.path)
            else {
                // The record stays, so that the file is continued if a pattern matches it again.
                records.insert(record)
                if !record.isFinished { unasked.insert(record.path) }
                return
            }
            // It was tailed at the path that rotation had given it.
            record.path = live
        }
        records.insert(record, isUnfound: !record.isFinished)
    }

    private func restoreMarks(_ state: [UInt8]) {
        for part in state.split(separator: 0) {
            guard let space = part.firstIndex(of: UInt8(ascii: " ")),
                let mark = Int(String(decoding: part[..<space], as: UTF8.self))
            else { continue }
            rotationMarks[FilePath(bytes: part[(space + 1)...]), default: []].insert(mark)
        }
    }

    /// Deletes records of files that have been missing for 30 days, and marks records of files that
    /// are missing.
    func sweepRecords(now: Int64) {
        if let last = lastSweep, now - last.now < Self.sweepPause { return }
        let wall = wallTime() / 1_000_000_000
        // Setting the clock forward during the run makes nothing older.
        let time =
            lastSweep.map { min(wall, $0.wall + (now - $0.now) / 1_000_000_000 + 60) } ?? wall
        lastSweep = (wall, now)
        let directories = DirectoryListings()
        var forgotten = 0
        for (record, source) in records.all.map({ ($0, $0.source) })
            + ignoredFiles.all.map({ ($0, IgnoredFiles.source($0)) })
        {
            let isIgnored = source != record.source
            let gone = isThere(record, directories) ? 0 : goneSince(record, time)
            if gone != 0, time - gone >= InactiveRecords.maxAge {
                forgotten += 1
                checkpoints[source] = []
                if isIgnored { ignoredFiles.remove(record.id) } else { records.remove(record.id) }
            } else if gone != record.gone {
                var record = record
                record.gone = gone
                checkpoints[source] = record.state
                if isIgnored {
                    ignoredFiles.restore(record)
                } else {
                    records.insert(record, isUnfound: records.isUnfound(record))
                }
            }
        }
        if forgotten > 0 {
            tailLog.info(
                "\(forgotten == 1 ? "1 file has" : "\(forgotten) files have") been gone for 30 days:"
                    + " how far \(forgotten == 1 ? "it" : "they") had been read is forgotten")
        }
    }

    /// Nanoseconds between two searches for missing files: an hour.
    private static let sweepPause: Int64 = 3_600_000_000_000

    private func goneSince(_ record: FileRecord, _ time: Int64) -> Int64 {
        // A time before 2020 came from a wrong clock, as does one in the future.
        let isWrong =
            record.gone == 0 || record.gone > time
            || (record.gone < 1_577_836_800 && time >= 1_577_836_800)
        return isWrong ? time : record.gone
    }

    /// Returns true if a file with the record's inode number is in a directory of its own or of
    /// rotation, or if that can't be told.
    private func isThere(_ record: FileRecord, _ listings: DirectoryListings) -> Bool {
        let places = Set([record.path.directory, record.target.directory])
        return places.union(rotatedToDirectories()).contains { directory in
            let listing = listings[directory]
            return listing.isUnknown || listing.inodes.contains(record.id.inode)
        }
    }

    // MARK: - Looking for it

    /// Searches for files of an earlier run that are not at their path.
    func searchForUnfound(_ search: PathSearch, now: Int64) {
        guard records.hasUnfound else { return }
        let present = Set(search.files.map(\.status.id))
        // A present inode number may belong to another file by now; `begin` checks that.
        let lost = records.allUnfound.filter {
            !present.contains($0.id) && !search.isUnsure(about: $0.path)
        }
        if lost.isEmpty { return }
        let byInode = Dictionary(grouping: search.files) { $0.status.id.inode }
        for record in lost.sorted(by: { ($0.modified, $0.path) < ($1.modified, $1.path) }) {
            guard records.isUnfound(record) else { continue }
            records.setFound(record)
            // The ID is useless if the device number has changed.
            if hasMoved(record, byInode[record.id.inode] ?? []) { continue }
            missing.insert(record)
            let isFound = adopt(lost: record, wantsCopy: true, now: now)
            if !isFound, record.fingerprint.offset > 0 { tailLog.unfound.set(record.path, "") }
        }
    }

    /// Searches for files that appeared after the last recorded one of their path and were rotated
    /// before this run.
    func searchForUnknown(_ search: PathSearch, now: Int64) {
        let present = Set(search.files.map(\.path))
        let latest = Dictionary(records.all.map { ($0.path, $0) }) {
            $0.modified < $1.modified ? $1 : $0
        }
        for (path, record) in latest.sorted(by: { $0.key < $1.key })
        where configuration.follows(path) && !search.isUnsure(about: path) {
            if record.isFinished { adopt(lost: record, wantsCopy: false, now: now) }
            if !present.contains(path), !missing.contains(path) {
                missing.insert(record)
            }
        }
        searchForUnrecorded(search, Set(latest.keys), now: now)
    }

    /// Searches for rotated files of paths without a record: an earlier run was killed before it
    /// saved one, or they appeared between two runs.
    ///
    /// Files from before the first run have a record as ignored ones.
    private func searchForUnrecorded(
        _ search: PathSearch, _ recorded: Set<FilePath>, now: Int64
    ) {
        guard knowsAllBefore, !knownPatterns.isEmpty else { return }
        var paths: Set<FilePath> = []
        for directory in search.directories.keys {
            for entry in listings[directory].entries where entry.kind != .directory {
                if let path = configuration.livePath(of: directory.entry(entry.name)) {
                    paths.insert(path)
                }
            }
        }
        var names: Set<[UInt8]> = []
        for directory in rotatedToDirectories() {
            for entry in listings[directory].entries where entry.kind != .directory {
                names.formUnion(RotatedName.lives(of: entry.name))
                names.insert(entry.name)
            }
        }
        for name in names where configuration.mayFollow(name: name) {
            paths.formUnion(
                search.directories.keys.map { $0.entry(name) }.filter(configuration.follows))
        }
        for path in paths.subtracting(recorded).sorted()
        where isKnown(path) && !search.isUnsure(about: path) {
            adopt(lost: FileRecord(unknownOf: path, since: 0), wantsCopy: false, now: now)
        }
    }

    /// Returns true if one of some files is that of a record and only the device number has
    /// changed.
    private func hasMoved(
        _ record: FileRecord, _ files: [(path: FilePath, status: FileStatus)]
    ) -> Bool {
        record.fingerprint.offset >= 16
            && files.contains { path, _ in
                (try? OpenFile(path)).map(record.matches) == true
            }
    }

    /// Tails rotated files of a path that have still to be read.
    ///
    /// Returns true if the lost file itself or its copy is among them.
    @discardableResult
    func adopt(
        lost: FileRecord, wantsCopy: Bool, now: Int64, heard: ChangedNames = ChangedNames()
    ) -> Bool {
        // No pattern matches the path any more.
        guard configuration.follows(lost.path) else { return false }
        var isFound = false
        for found in rotations(of: lost, wantsCopy: wantsCopy, heard).find() {
            guard let fingerprint = try? FileFingerprint(of: found.file, upTo: found.offset) else {
                continue
            }
            isFound = isFound || found.isSame
            let marks = marks(of: found, lost)
            if !found.isSame, !found.isKnown { tailLog.losses.found(at: lost.path) }
            forgetRecord(of: found)
            let tailed = TailedFile(
                found.file, found.status, path: lost.path, target: lost.target,
                origin: senders.origin(lost.path), from: fingerprint,
                marks: marks, now: now, hasRecord: found.status.id == lost.id)
            tailed.gone = now
            tailed.place = found.path
            tailed.isCopy = found.isCopy
            startTailing(tailed)
            tailed.isToBeKept = true
            missing.insert(tailed.record())
            tailLog.info(
                cause: found.isEarlierByTime ? "earlier generation" : "generation",
                "\(lost.path): \(found.path) was the file of that name before; "
                    + "it is read from byte \(found.offset) on"
                    + (found.isEarlierByTime
                        ? ", although by its time it is older than what was read: a clock was set back"
                        : ""))
        }
        return isFound
    }

    /// Returns the marks along what was read of a found file.
    ///
    /// Another file that had its number has others.
    private func marks(of found: RotationSearch.Found, _ lost: FileRecord) -> FileMarks {
        if found.isKnown, let record = records.record(of: found.status.id) { return record.marks }
        return found.isSame ? lost.marks : FileMarks()
    }

    /// Removes the record of a file that is tailed now.
    private func forgetRecord(of found: RotationSearch.Found) {
        guard let record = records.record(of: found.status.id) else { return }
        records.remove(record.id)
        // If the record is of another file that had its number, that one has still to be searched
        // for.
        if record.matches(found.file) { records.setFound(record) }
    }

    private func rotations(
        of lost: FileRecord, wantsCopy: Bool, _ heard: ChangedNames
    ) -> RotationSearch {
        RotationSearch(
            lost: lost,
            others: {
                let known =
                    self.records.unfound(of: lost.path)
                    + self.tailedFiles(of: lost.path).map { $0.record() }
                return known.filter { $0.id != lost.id }
            },
            wantsCopy: wantsCopy, isFollowed: configuration.follows,
            isExcluded: configuration.excludes,
            isCopy: { self.isCopy($0, $1, of: $2) },
            isCopyOfUnread: { self.isCopyOfUnread($0, $1, of: lost.path) },
            placeInPart: {
                self.remainder(of: lost, $0, size: $1.size).place(self.reader.memory)?.offset
            },
            isKnown: { self.isFollowed($1, at: $0) || self.ownFiles.contains($1) },
            endOfIgnored: { self.endOfIgnored($0, $1) },
            record: { self.records.record(of: $0, $1) }, listings: listings,
            elsewhere: rotatedToDirectories(), marks: rotationMarks[lost.path] ?? [],
            knowsAllBefore: knowsAllBefore,
            isHeardOf: { heard.unmatched.contains($0) },
            ignore: { self.ignore($0, of: lost.path) },
            confirm: { self.confirm($0, in: lost.path) })
    }

    /// Returns the directories that `rotatedTo` names.
    func rotatedToDirectories() -> [FilePath] {
        if let rotationDirectories { return rotationDirectories }
        var all: Set<FilePath> = []
        for pattern in configuration.rotatedTo {
            let search = PathSearch(directories: [pattern])
            all.formUnion(search.matching)
            // A pattern may name a directory itself or the files in it.
            if search.matching.isEmpty || !pattern.namesFile {
                all.formUnion(search.directories.keys)
            }
        }
        let found = all.sorted()
        rotationDirectories = found
        return found
    }

    // MARK: - What was there before

    /// Records files that look rotated in directories that are scanned for the first time: they
    /// were rotated before.
    func ignore(_ directories: [FilePath]) {
        defer { firstFollowed = [] }
        for directory in directories {
            for entry in listings[directory].entries where entry.kind != .directory {
                let path = directory.entry(entry.name)
                if let live = configuration.livePath(of: path) { ignoreUnknown(path, of: live) }
            }
        }
        let isFirst = lastScan == nil
        if !isFirst, firstFollowed.isEmpty { return }
        for directory in isFirst ? rotatedToDirectories() : [] {
            for entry in listings[directory].entries where entry.kind != .directory {
                let names = RotatedName.lives(of: entry.name) + [entry.name]
                let path = directory.entry(entry.name)
                if names.contains(where: configuration.mayFollow(name:)) {
                    ignoreUnknown(path, of: path)
                }
            }
        }
        for target in firstFollowed {
            let name = RotatedName(of: target.name)
            let entries = listings[target.directory].candidates(
                beginningWith: name.prefix, or: 0)
            for entry in entries where entry.name != Array(target.name) {
                ignoreUnknown(target.directory.entry(entry.name), of: target)
            }
        }
    }

    private func ignoreUnknown(_ path: FilePath, of live: FilePath) {
        guard !configuration.follows(path), let status = try? FileStatus(path), status.isRegular,
            tailedFiles[status.id] == nil, records.record(of: status.id) == nil,
            !ignoredFiles.contains(status.id)
        else { return }
        ignore(path, of: live)
    }

    private func ignore(_ path: FilePath, of live: FilePath) {
        guard let record = ignoredFiles.insert(path, of: live) else { return }
        checkpoints[IgnoredFiles.source(record)] = record.state
    }

    /// Returns the end of the last whole line that a file had when it was ignored; `nil` if it was
    /// not.
    private func endOfIgnored(_ file: OpenFile, _ status: FileStatus) -> UInt64? {
        guard let size = ignoredFiles.size(of: file, status) else { return nil }
        if size == status.size { return size }
        return (try? end(of: file, size))?.offset ?? size
    }
}
