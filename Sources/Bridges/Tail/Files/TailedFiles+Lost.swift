import Chat
import MessageBus
import Sockets

// Searching for lost files: rotated away between two scans or between two runs.
extension TailedFiles {
    /// Searches for files of an earlier run that are not at their path.
    func searchForUnfound(_ search: PathSearch, now: MonotonicTime) {
        guard records.inactive.hasUnfound else { return }
        let present = Set(search.files.map(\.status.id))
        // A present inode number may belong to another file by now; `begin` checks that.
        let lost = records.inactive.allUnfound.filter {
            !present.contains($0.id) && !search.isUnsure(about: $0.path)
        }
        if lost.isEmpty { return }
        let byInode = Dictionary(grouping: search.files) { $0.status.id.inode }
        for record in lost.sorted(by: { ($0.modified, $0.path) < ($1.modified, $1.path) }) {
            guard records.inactive.isUnfound(record) else { continue }
            records.inactive.setFound(record)
            // The ID is useless if the device number has changed.
            if hasMoved(record, byInode[record.id.inode] ?? []) { continue }
            records.missing.insert(record)
            let isFound = adopt(lost: record, wantsCopy: true, now: now)
            if !isFound, record.fingerprint.offset > 0 { tailLog.unfound.set(record.path, "") }
        }
    }

    /// Searches for files that appeared after the last recorded one of their path and were rotated
    /// before this run.
    func searchForUnknown(_ search: PathSearch, now: MonotonicTime) {
        let present = Set(search.files.map(\.path))
        let latest = Dictionary(records.inactive.all.map { ($0.path, $0) }) {
            $0.modified < $1.modified ? $1 : $0
        }
        for (path, record) in latest.sorted(by: { $0.key < $1.key })
        where configuration.follows(path) && !search.isUnsure(about: path) {
            if record.isFinished { adopt(lost: record, wantsCopy: false, now: now) }
            if !present.contains(path), !records.missing.contains(path) {
                records.missing.insert(record)
            }
        }
        searchForUnrecorded(search, Set(latest.keys), now: now)
    }

    /// Searches for rotated files of paths without a record: an earlier run was killed before it
    /// saved one, or they appeared between two runs.
    ///
    /// Files from before the first run have a record as ignored ones.
    private func searchForUnrecorded(
        _ search: PathSearch, _ recorded: Set<FilePath>, now: MonotonicTime
    ) {
        guard records.earlierRun.knowsAllBefore, !records.earlierRun.patterns.isEmpty else {
            return
        }
        var paths: Set<FilePath> = []
        for directory in search.directories.keys {
            for entry in lookups.listings[directory].entries where entry.kind != .directory {
                if let path = configuration.livePath(of: directory.entry(entry.name)) {
                    paths.insert(path)
                }
            }
        }
        var names: Set<[UInt8]> = []
        for directory in rotatedToDirectories() {
            for entry in lookups.listings[directory].entries where entry.kind != .directory {
                names.formUnion(RotatedName.liveNames(of: entry.name))
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

    /// Returns true if one of some files is the recorded one and only its device number has
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
        lost: FileRecord, wantsCopy: Bool, now: MonotonicTime, heard: ChangedNames = ChangedNames()
    ) -> Bool {
        // No pattern matches the path any more.
        guard configuration.follows(lost.path) else { return false }
        var isFound = false
        for found in rotatedFiles(of: lost, wantsCopy: wantsCopy, heard) {
            guard let fingerprint = try? FileFingerprint(of: found.file, upTo: found.offset) else {
                continue
            }
            isFound = isFound || found.isSame
            let marks = marks(of: found, lost)
            if !found.isSame, !found.isKnown { tailLog.losses.found(at: lost.path) }
            forgetRecord(of: found)
            let tailed = TailedFile(
                found.file, found.status, path: lost.path, target: lost.target,
                origin: senders.origin(lost.path), from: ReadState(fingerprint, marks), now: now,
                discovery: found.isCopy ? .copy(found.path) : .rotated(found.path),
                checkpoint: .unsaved(hasEarlier: found.status.id == lost.id))
            startTailing(tailed)
            records.missing.insert(tailed.record())
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

    /// Returns the marks along the read part of a found file.
    ///
    /// Another file that had the same number has different marks.
    private func marks(of found: RotatedFile, _ lost: FileRecord) -> FileMarks {
        if found.isKnown, let record = records.inactive.record(of: found.status.id) {
            return record.marks
        }
        return found.isSame ? lost.marks : FileMarks()
    }

    /// Removes the record of a file that is tailed now.
    private func forgetRecord(of found: RotatedFile) {
        guard let record = records.inactive.record(of: found.status.id) else { return }
        records.inactive.remove(record.id)
        // If the record belongs to another file that had the same number, that file must still be
        // searched for.
        if record.matches(found.file) { records.inactive.setFound(record) }
    }

    /// Returns the files that had a lost file's path before, in the order in which they were written.
    private func rotatedFiles(
        of lost: FileRecord, wantsCopy: Bool, _ heard: ChangedNames
    ) -> [RotatedFile] {
        let search = RotationSearch(
            lost: lost, wantsCopy: wantsCopy,
            knowledge: TailedFilesKnowledge(files: self, lost: lost, heard: heard),
            listings: lookups.listings, elsewhere: rotatedToDirectories(),
            marks: records.rotationMarks[lost.path],
            knowsAllBefore: records.earlierRun.knowsAllBefore)
        let (files, newMarks) = search.find()
        for mark in newMarks { confirm(mark, in: lost.path) }
        return files
    }

    /// Returns the directories that `rotatedTo` names.
    func rotatedToDirectories() -> [FilePath] {
        if let known = lookups.rotationDirectories { return known }
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
        lookups.rotationDirectories = found
        return found
    }
}
