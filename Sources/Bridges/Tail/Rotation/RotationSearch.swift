import Chat
import Sockets

/// A search for the files that had a path before: rotated away or copied between two scans.
struct RotationSearch {
    /// A file that has unread data.
    struct Found {
        var path: FilePath
        let file: OpenFile
        let status: FileStatus
        /// The offset up to which it has been read, at another path or as the original of a copy.
        let offset: UInt64
        /// True if it is the lost file itself or a copy of it, and not a later one.
        let isSame: Bool

        /// True if the file is recognised by its content only.
        var isCopy = false
        /// True if it has a record.
        var isKnown = false
        /// True if its time is earlier than that of the lost file.
        var isEarlierByTime = false

        /// Returns true if it was written before another one: by their names where these tell,
        /// otherwise by their times.
        func isOlder(than other: Found) -> Bool {
            if isSame != other.isSame { return isSame }
            if let isOlder = RotatedName.isOlder(path.name, than: other.path.name) {
                return isOlder
            }
            if status.modified != other.status.modified {
                return status.modified < other.status.modified
            }
            return path < other.path
        }
    }

    /// The last record of the file.
    let lost: FileRecord
    /// Returns the other records of that path: a copy of one of their files is not a copy of this
    /// one.
    let others: () -> [FileRecord]
    /// True if a copy may have its content: it has been truncated, or can't be found.
    let wantsCopy: Bool
    /// Returns true if a path is tailed anyway.
    let isFollowed: (FilePath) -> Bool
    /// Returns true if a path is excluded: only the lost file itself is accepted there.
    let isExcluded: (FilePath) -> Bool
    /// Returns true if a file is a copy of a recorded one and has nothing else.
    let isCopy: (OpenFile, FileStatus, FileRecord) -> Bool
    /// Returns true if a file is a copy of one of that path of which nothing has been read yet.
    let isCopyOfUnread: (OpenFile, FileStatus) -> Bool
    /// Returns the offset at which to continue in a file that still has a part of the bytes read;
    /// `nil` if that is not certain.
    let placeInPart: (OpenFile, FileStatus) -> UInt64?
    /// Returns true if a file found at a path is tailed already.
    let isKnown: (FilePath, FileID) -> Bool
    /// Returns the offset up to which a file is ignored; `nil` if it is not.
    let endOfIgnored: (OpenFile, FileStatus) -> UInt64?
    /// Returns the record of a file that was tailed before.
    let record: (OpenFile, FileID) -> FileRecord?
    /// Listings of the directories.
    let listings: DirectoryListings
    /// Other directories in which it may be.
    var elsewhere: [FilePath] = []
    /// Byte indices at which rotation is known to insert a number or date.
    var marks: Set<Int> = []
    /// True if every file from before the first start is recorded, so that any other file is newer.
    var knowsAllBefore = false
    /// Returns true if a name was reported as changed since the last scan.
    var isHeardOf: (FilePath) -> Bool = { _ in false }
    /// Called with files that are copies of what was read.
    var ignore: (FilePath) -> Void = { _ in }
    /// Called with byte indices at which rotation was found to insert a number or date.
    var confirm: (Int) -> Void = { _ in }

    /// The largest number of passes while files are being renamed.
    private static let maxPasses = 10

    /// Returns the files that were found, in the order in which they were written.
    func find() -> [Found] {
        var search = self
        var found = search.findOnce()
        // The form of the name may be confirmed only by what was found.
        let places = found.filter { $0.isSame && !$0.isCopy || $0.isKnown }.compactMap(place)
        let new = Set(places).subtracting(marks)
        if !new.isEmpty {
            new.forEach(confirm)
            search.marks.formUnion(new)
            found = search.findOnce()
        }
        return found.sorted { $0.isOlder(than: $1) }
    }

    private func place(_ found: Found) -> Int? {
        RotatedName(of: lost.target.name).markIndex(in: Array(found.path.name))
            ?? RotatedName(of: lost.path.name).markIndex(in: Array(found.path.name))
    }

    private func findOnce() -> [Found] {
        var files: [FileID: Found] = [:]
        for _ in 0..<Self.maxPasses {
            // A file that was rotated again has a path of another file, or a new one.
            if examineCandidates(into: &files) || !listings.renew(directories) { break }
        }
        var found = Array(files.values)
        // If the file itself was found, its copies are not needed.
        if found.contains(where: { $0.isSame && $0.status.id == lost.id }) {
            found.removeAll { $0.isSame && $0.status.id != lost.id }
        }
        return found
    }

    /// Examines all candidates once.
    ///
    /// Returns false if a path has another file than its directory listed.
    private func examineCandidates(into found: inout [FileID: Found]) -> Bool {
        var isAsListed = true
        var seen: Set<FileID> = []
        for (path, inode, isRotated) in candidates {
            let status = try? FileStatus(path)
            if let inode, status?.id.inode != inode { isAsListed = false }
            guard let status, status.isRegular, !isKnown(path, status.id),
                seen.insert(status.id).inserted, !isFollowed(path)
            else { continue }
            if found[status.id] != nil {
                found[status.id]?.path = path
                continue
            }
            guard let file = try? OpenFile(path), let own = try? file.status() else { continue }
            if own.id != status.id {
                isAsListed = false
            } else if let generation = examine(path, file, own, isRotated: isRotated) {
                found[own.id] = generation
            }
        }
        return isAsListed
    }

    private func examine(_ path: FilePath, _ file: OpenFile, _ status: FileStatus, isRotated: Bool)
        -> Found?
    {
        let fingerprint = lost.fingerprint
        let isLater = isRotated && isLater(path, status)
        let isItself = status.id == lost.id
        let record = record(file, status.id)
        // It was tailed until it had been quiet for long enough, and is still empty.
        if let record, record.isFinished, status.size == 0, status.modified == record.modified {
            return nil
        }
        if let record, record.fingerprint.offset > 0 {
            // The record has another path, perhaps one that is no longer tailed.
            guard record.path == lost.path || record.target == lost.target else { return nil }
            let offset = record.fingerprint.offset
            // A late line may have been written to a finished file.
            guard status.size > offset || (isItself && !record.isFinished) else { return nil }
            return Found(
                path: path, file: file, status: status, offset: offset, isSame: isItself,
                isKnown: true)
        }
        // The content that the file had when it was ignored is not read.
        let passed = endOfIgnored(file, status) ?? 0
        if passed > 0, passed == status.size { return nil }
        // If nothing was read of a file, its number proves little: it may be reused.
        if isItself, fingerprint.offset > 0, lost.matches(file) {
            return Found(
                path: path, file: file, status: status, offset: fingerprint.offset, isSame: true)
        }
        if fingerprint.offset >= 16 || (fingerprint.offset > 0 && isLater),
            lost.matches(file)
        {
            if wantsCopy {
                return Found(
                    path: path, file: file, status: status,
                    offset: max(fingerprint.offset, passed), isSame: true, isCopy: !isItself)
            }
            if isCopy(file, status, lost) {
                if status.size == fingerprint.offset { ignore(path) }
                return nil
            }
        }
        // This is the file itself, cut, or a copy from before the last lines: its content was read
        // from the original, as far as that is certain.
        if isItself || status.size < fingerprint.offset, let place = placeInPart(file, status) {
            return Found(path: path, file: file, status: status, offset: place, isSame: false)
        }
        guard isLater, !isExcluded(path),
            !others().contains(where: { isCopy(file, status, $0) }),
            !isCopyOfUnread(file, status)
        else { return nil }
        return Found(
            path: path, file: file, status: status, offset: passed, isSame: false,
            isEarlierByTime: status.modified < lost.modified)
    }

    /// Returns true if an unknown file is newer than the lost one.
    ///
    /// The time is proof only if no clock was set back. Files from before are recorded, so any
    /// other file is newer.
    private func isLater(_ path: FilePath, _ status: FileStatus) -> Bool {
        if status.modified >= lost.modified { return true }
        return lost.isUnknown ? isHeardOf(path) : knowsAllBefore
    }

    /// The paths that the lost file has had.
    private var places: [FilePath] {
        lost.target == lost.path ? [lost.path] : [lost.target, lost.path]
    }

    private var directories: [FilePath] { places.map(\.directory) + otherDirectories }

    /// The directories to which files are rotated out of their own.
    private var otherDirectories: [FilePath] {
        let own = Set(places.map(\.directory))
        return elsewhere.filter { !own.contains($0) }
    }

    /// The paths to examine, with their inode numbers as listed, and whether each name looks
    /// rotated.
    private var candidates: [(FilePath, inode: UInt64?, isRotated: Bool)] {
        var paths: [FilePath: (inode: UInt64?, isRotated: Bool)] = [:]
        func addCandidate(_ entry: DirectoryEntry, in directory: FilePath, isRotated: Bool) {
            let path = directory.appending(entry.name)
            // A symbolic link has an inode of its own.
            let inode = entry.kind == .link ? nil : entry.inode
            paths[path] = (inode, isRotated || paths[path]?.isRotated == true)
        }
        for place in places {
            let name = RotatedName(of: place.name, markIndices: marks)
            let listing = listings[place.directory]
            for entry in listing.candidates(beginningWith: name.prefix, or: lost.id.inode) {
                let isRotated = name.isRotated(entry.name)
                if isRotated || entry.inode == lost.id.inode || name.isRelated(entry.name) {
                    addCandidate(entry, in: place.directory, isRotated: isRotated)
                }
            }
            for directory in otherDirectories {
                let found = listings[directory].candidates(
                    beginningWith: name.prefix, or: lost.id.inode)
                for entry in found {
                    // A file that was moved away may keep its name.
                    let isRotated =
                        name.isRotated(entry.name) || place.name.elementsEqual(entry.name)
                    if isRotated || entry.inode == lost.id.inode || name.isRelated(entry.name) {
                        addCandidate(entry, in: directory, isRotated: isRotated)
                    }
                }
            }
        }
        return paths.sorted { $0.key < $1.key }.map { ($0.key, $0.value.inode, $0.value.isRotated) }
    }
}
