import Chat
import Sockets

/// Looks for what a file's name has been the name of before: rotated away or copied while nobody
/// looked.
struct RotationSearch {
    /// A file that has still to be read.
    struct Found {
        var path: FilePath
        let file: OpenFile
        let status: FileStatus
        /// Up to where it has been read, under another name or as the file that it is a copy of.
        let offset: UInt64
        /// Whether it is the file itself or a copy of it, and no later one.
        let isSame: Bool

        /// Whether it is known by its content only.
        var isCopy = false
        /// Whether something is known of it.
        var isKnown = false
        /// Whether by its time it would be older than what was read before.
        var isEarlierByTime = false

        /// Whether it was written before another one: by their names where these tell, by their
        /// times otherwise.
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

    /// The file as it was last known.
    let lost: FileRecord
    /// What else is known of files of that name: their copies are theirs.
    let others: () -> [FileRecord]
    /// Whether its content may be found in a copy: it has been truncated, or can't be found.
    let wantsCopy: Bool
    /// Whether a path is followed anyway.
    let isFollowed: (FilePath) -> Bool
    /// Whether a path is excluded: it may be what had the name, but nothing else.
    let isExcluded: (FilePath) -> Bool
    /// Whether a file is a copy of one that is known, with nothing besides.
    let isCopy: (OpenFile, FileStatus, FileRecord) -> Bool
    /// Whether a file is a copy of one of that name of which nothing has been read yet.
    let isCopyOfUnread: (OpenFile, FileStatus) -> Bool
    /// Where to go on in a file that is a part of what was read; `nil`: it is none, for all that is
    /// certain.
    let placeInPart: (OpenFile, FileStatus) -> UInt64?
    /// Whether a file that is found at a path is followed already.
    let isKnown: (FilePath, FileID) -> Bool
    /// Up to where a file was passed over on purpose; `nil` if it was not.
    let passedOver: (OpenFile, FileStatus) -> UInt64?
    /// What is known of a file that was followed once.
    let record: (OpenFile, FileID) -> FileRecord?
    /// The names in the directories.
    let listings: DirectoryListings
    /// Directories besides its own in which it may be.
    var elsewhere: [FilePath] = []
    /// Where rotation is known to put its numbers or dates, besides the end of the name.
    var marks: Set<Int> = []
    /// Whether all that was there before is known, so that what is not known came since.
    var knowsAllBefore = false
    /// Whether a name has been heard of since names were last looked at.
    var isHeardOf: (FilePath) -> Bool = { _ in false }
    /// Takes files that are copies of what was read.
    var passOver: (FilePath) -> Void = { _ in }
    /// Takes places in the name at which rotation was found to put a number or a date.
    var confirm: (Int) -> Void = { _ in }

    /// Times that names are gone through, if they are given on all the while.
    private static let looks = 10

    /// Finds them, in the order in which they were written.
    func find() -> [Found] {
        var search = self
        var found = search.findOnce()
        // The form of the name may be confirmed only now.
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
        RotatedName(of: lost.target.name).place(in: Array(found.path.name))
            ?? RotatedName(of: lost.path.name).place(in: Array(found.path.name))
    }

    private func findOnce() -> [Found] {
        var files: [FileID: Found] = [:]
        for _ in 0..<Self.looks {
            // What was rotated on meanwhile has a name that was another's, or was not there.
            if look(into: &files) || !listings.renew(directories) { break }
        }
        var found = Array(files.values)
        // What was found itself needs no copy.
        if found.contains(where: { $0.isSame && $0.status.id == lost.id }) {
            found.removeAll { $0.isSame && $0.status.id != lost.id }
        }
        return found
    }

    /// Goes through the names once; false if one of them is not the file's any more that had it when
    /// the directory was read.
    private func look(into found: inout [FileID: Found]) -> Bool {
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
        // It was followed until it had been quiet for long enough, and is as empty as it was then.
        if let record, record.isFinished, status.size == 0, status.modified == record.modified {
            return nil
        }
        if let record, record.fingerprint.offset > 0 {
            // Another name's, which may be asked for no longer.
            guard record.path == lost.path || record.target == lost.target else { return nil }
            let offset = record.fingerprint.offset
            // One that is finished may have got a late line.
            guard status.size > offset || (isItself && !record.isFinished) else { return nil }
            return Found(
                path: path, file: file, status: status, offset: offset, isSame: isItself,
                isKnown: true)
        }
        // What it had when it was passed over is not read.
        let passed = passedOver(file, status) ?? 0
        if passed > 0, passed == status.size { return nil }
        // Of a file of which nothing was read the number says little: it may be another's by now.
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
                if status.size == fingerprint.offset { passOver(path) }
                return nil
            }
        }
        // The file itself, cut, or a copy from before the last lines: what it has was read where it
        // was written, as far as that is certain.
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

    /// Whether a file that nothing is known of came after the one that is lost.
    ///
    /// Its time says so only where no clock was set back: what was there before is known, so that
    /// what is not came after it.
    private func isLater(_ path: FilePath, _ status: FileStatus) -> Bool {
        if status.modified >= lost.modified { return true }
        return lost.isUnknown ? isHeardOf(path) : knowsAllBefore
    }

    /// Where it may have had its name.
    private var places: [FilePath] {
        lost.target == lost.path ? [lost.path] : [lost.target, lost.path]
    }

    private var directories: [FilePath] { places.map(\.directory) + otherDirectories }

    /// Where generations go that leave the directory.
    private var otherDirectories: [FilePath] {
        let own = Set(places.map(\.directory))
        return elsewhere.filter { !own.contains($0) }
    }

    /// Paths that may have been the file's, the numbers that their directory has for them, and
    /// whether their names look like those that rotation gives.
    private var candidates: [(FilePath, inode: UInt64?, isRotated: Bool)] {
        var paths: [FilePath: (inode: UInt64?, isRotated: Bool)] = [:]
        func add(_ entry: DirectoryEntry, in directory: FilePath, isRotated: Bool) {
            let path = directory.appending(entry.name)
            // A symbolic link has a number of its own.
            let inode = entry.kind == .link ? nil : entry.inode
            paths[path] = (inode, isRotated || paths[path]?.isRotated == true)
        }
        for place in places {
            let name = RotatedName(of: place.name, places: marks)
            let listing = listings[place.directory]
            for entry in listing.candidates(beginningWith: name.prefix, or: lost.id.inode) {
                let isRotated = name.isRotated(entry.name)
                if isRotated || entry.inode == lost.id.inode || name.isRelated(entry.name) {
                    add(entry, in: place.directory, isRotated: isRotated)
                }
            }
            for directory in otherDirectories {
                let found = listings[directory].candidates(
                    beginningWith: name.prefix, or: lost.id.inode)
                for entry in found {
                    // What was moved away keeps its name perhaps.
                    let isRotated =
                        name.isRotated(entry.name) || place.name.elementsEqual(entry.name)
                    if isRotated || entry.inode == lost.id.inode || name.isRelated(entry.name) {
                        add(entry, in: directory, isRotated: isRotated)
                    }
                }
            }
        }
        return paths.sorted { $0.key < $1.key }.map { ($0.key, $0.value.inode, $0.value.isRotated) }
    }
}
