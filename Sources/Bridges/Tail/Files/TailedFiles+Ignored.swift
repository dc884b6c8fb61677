import Chat
import MessageBus
import Sockets

// Files that are not read, because they were rotated before anybody asked for them.
extension TailedFiles {
    /// Records files that look rotated in directories that are scanned for the first time: they
    /// were rotated before.
    func ignore(_ directories: [FilePath]) {
        for directory in directories {
            for entry in lookups.listings[directory].entries where entry.kind != .directory {
                let path = directory.entry(entry.name)
                if let live = configuration.livePath(of: path) { ignoreUnknown(path, of: live) }
            }
        }
        let isFirst = schedule.isFirstScan
        if !isFirst, lookups.firstFollowed.isEmpty { return }
        for directory in isFirst ? rotatedToDirectories() : [] {
            for entry in lookups.listings[directory].entries where entry.kind != .directory {
                let names = RotatedName.liveNames(of: entry.name) + [entry.name]
                let path = directory.entry(entry.name)
                if names.contains(where: configuration.mayFollow(name:)) {
                    ignoreUnknown(path, of: path)
                }
            }
        }
        for target in lookups.firstFollowed {
            let name = RotatedName(of: target.name)
            let entries = lookups.listings[target.directory].candidates(
                beginningWith: name.prefix, or: 0)
            for entry in entries where entry.name != Array(target.name) {
                ignoreUnknown(target.directory.entry(entry.name), of: target)
            }
        }
    }

    private func ignoreUnknown(_ path: FilePath, of live: FilePath) {
        guard !configuration.follows(path), let status = try? FileStatus(path), status.isRegular,
            index[status.id] == nil, records.inactive.record(of: status.id) == nil,
            !records.ignored.contains(status.id)
        else { return }
        ignore(path, of: live)
    }

    /// Records a file as one to be ignored.
    func ignore(_ path: FilePath, of live: FilePath) {
        guard let record = records.ignored.insert(path, of: live) else { return }
        checkpoints.save(record.state, as: IgnoredFiles.key(record))
    }

    /// Returns the end of the last whole line that a file had when it was ignored; `nil` if it was
    /// not.
    func endOfIgnored(_ file: OpenFile, _ status: FileStatus) -> UInt64? {
        guard let size = records.ignored.size(of: file, status) else { return nil }
        if size == status.size { return size }
        return (try? end(of: file, size))?.offset ?? size
    }
}
