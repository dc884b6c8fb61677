/// The knowledge of files that are not tailed at present: of an earlier run, finished, ignored, or
/// missing.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct FileRecords {
    /// The facts about what an earlier run tailed.
    var earlierRun = EarlierRun()
    /// The records of files that were tailed.
    var inactive = InactiveRecords()
    /// Rotated files that existed before their live file was first tailed.
    var ignored = IgnoredFiles()
    /// Paths without a file, and the records of their last files.
    var missing = MissingNames()
    /// The places of numbers and dates in the names of rotated files.
    var rotationMarks = RotationMarks()

    /// The checkpoints that could not be restored as they were.
    struct Problems {
        /// The keys of checkpoints that can't be read.
        var unreadable: [String] = []
        /// The paths of files that no pattern asks for any more.
        var unasked: Set<FilePath> = []
    }

    /// Restores the checkpoints of an earlier run.
    ///
    /// - Parameter kept: the states of the checkpoints, by key.
    mutating func restore(
        _ kept: [String: [UInt8]], _ configuration: TailConfiguration
    ) -> Problems {
        var problems = Problems()
        for (key, state) in kept {
            switch key {
            case CheckpointKey.patterns:
                let lines = state.split(separator: 0x0A)
                earlierRun.patterns = Set(lines.map { String(decoding: $0, as: UTF8.self) })
            case CheckpointKey.known: earlierRun.knowsAllBefore = true
            case CheckpointKey.marks: rotationMarks.restore(state)
            default: restore(key, state, configuration, &problems)
            }
        }
        // This is the first run: no earlier one can have missed anything.
        if kept.isEmpty { earlierRun.knowsAllBefore = true }
        return problems
    }

    private mutating func restore(
        _ key: String, _ state: [UInt8], _ configuration: TailConfiguration,
        _ problems: inout Problems
    ) {
        let isIgnored = key.hasPrefix(IgnoredFiles.keyPrefix)
        let numbers =
            isIgnored ? String(key.dropFirst(IgnoredFiles.keyPrefix.count)) : key
        guard var record = FileRecord(key: numbers, state: state) else {
            problems.unreadable.append(key)
            return
        }
        if isIgnored { return ignored.restore(record) }
        if !configuration.follows(record.path) {
            guard !configuration.excludes(record.path),
                let live = configuration.livePath(of: record.path)
            else {
                // The record stays, so that the file is continued if a pattern matches it again.
                inactive.insert(record)
                if !record.isFinished { problems.unasked.insert(record.path) }
                return
            }
            // It was tailed at the path that rotation had given it.
            record.path = live
        }
        inactive.insert(record, isUnfound: !record.isFinished)
    }
}
