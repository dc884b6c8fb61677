import Chat
import MessageBus
import Sockets

// The records of files, kept from one run to the next.
extension TailedFiles {
    /// Restores the checkpoints of an earlier run.
    func restore(_ kept: [String: [UInt8]]) {
        let problems = records.restore(kept, configuration)
        for key in problems.unreadable {
            tailLog.warnOnce(
                "the record of the file \(key) can't be read: the file is read from its start")
            checkpoints.delete(key)
        }
        if !problems.unasked.isEmpty {
            tailLog.info(
                "\(TailLog.list(problems.unasked.sorted())) no longer asked for: what is written "
                    + "there from now on does not come in")
        }
    }

    /// Deletes records of files that have been missing for 30 days, and marks records of files that
    /// are missing.
    func sweepRecords(now: MonotonicTime) {
        guard schedule.isSweepDue(now: now) else { return }
        let wall = clock.wall().milliseconds / 1_000
        let time = schedule.beginSweep(wall: wall, now: now)
        let directories = DirectoryListings()
        var forgotten = 0
        for (record, key) in records.inactive.all.map({ ($0, $0.key) })
            + records.ignored.all.map({ ($0, IgnoredFiles.key($0)) })
        {
            let isIgnored = key != record.key
            let gone = isThere(record, directories) ? 0 : goneSince(record, time)
            if gone != 0, time - gone >= InactiveRecords.maxAge {
                forgotten += 1
                checkpoints.delete(key)
                if isIgnored {
                    records.ignored.remove(record.id)
                } else {
                    records.inactive.remove(record.id)
                }
            } else if gone != record.gone {
                var record = record
                record.gone = gone
                checkpoints.save(record.state, as: key)
                if isIgnored {
                    records.ignored.restore(record)
                } else {
                    records.inactive.insert(
                        record, isUnfound: records.inactive.isUnfound(record))
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
