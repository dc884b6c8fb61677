import Chat
import MessageBus
import Sockets

// The records of files, kept from one run to the next.
extension TailedFiles {
    /// Restores the checkpoints of an earlier run.
    func restore(_ kept: [String: [UInt8]]) {
        var unasked: Set<FilePath> = []
        for (key, state) in kept {
            switch key {
            case Self.patternsKey:
                let lines = state.split(separator: 0x0A)
                earlierRun.patterns = Set(lines.map { String(decoding: $0, as: UTF8.self) })
            case Self.knownKey: earlierRun.knowsAllBefore = true
            case Self.marksKey: restoreMarks(state)
            default: restore(key, state, &unasked)
            }
        }
        // This is the first run: no earlier one can have missed anything.
        if kept.isEmpty { earlierRun.knowsAllBefore = true }
        if !unasked.isEmpty {
            tailLog.info(
                "\(TailLog.list(unasked.sorted())) no longer asked for: what is written there from "
                    + "now on does not come in")
        }
    }

    private func restore(_ key: String, _ state: [UInt8], _ unasked: inout Set<FilePath>) {
        let isIgnored = key.hasPrefix(IgnoredFiles.keyPrefix)
        let numbers =
            isIgnored ? String(key.dropFirst(IgnoredFiles.keyPrefix.count)) : key
        guard var record = FileRecord(key: numbers, state: state) else {
            tailLog.warnOnce(
                "the record of the file \(key) can't be read: the file is read from its start")
            checkpoints[key] = []
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
            rotation.marks[FilePath(bytes: part[(space + 1)...]), default: []].insert(mark)
        }
    }

    /// Deletes records of files that have been missing for 30 days, and marks records of files that
    /// are missing.
    func sweepRecords(now: MonotonicTime) {
        guard schedule.isSweepDue(now: now) else { return }
        let wall = Duration.nanoseconds(wallTime()).wholeSeconds
        let time = schedule.beginSweep(wall: wall, now: now)
        let directories = DirectoryListings()
        var forgotten = 0
        for (record, key) in records.all.map({ ($0, $0.key) })
            + ignoredFiles.all.map({ ($0, IgnoredFiles.key($0)) })
        {
            let isIgnored = key != record.key
            let gone = isThere(record, directories) ? 0 : goneSince(record, time)
            if gone != 0, time - gone >= InactiveRecords.maxAge {
                forgotten += 1
                checkpoints[key] = []
                if isIgnored { ignoredFiles.remove(record.id) } else { records.remove(record.id) }
            } else if gone != record.gone {
                var record = record
                record.gone = gone
                checkpoints[key] = record.state
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
}
