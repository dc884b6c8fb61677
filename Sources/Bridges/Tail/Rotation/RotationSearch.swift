import Chat
import Sockets

/// A search for the files that had a path before: rotated away or copied between two scans.
struct RotationSearch<Knowledge: RotationKnowledge> {
    /// The last record of the file.
    let lost: FileRecord
    /// True if a copy may have its content: it has been truncated, or can't be found.
    let wantsCopy: Bool
    /// The bridge's knowledge of files and paths.
    let knowledge: Knowledge
    /// Listings of the directories.
    let listings: DirectoryListings
    /// Other directories in which it may be.
    var elsewhere: [FilePath] = []
    /// Byte indices at which rotation is known to insert a number or date.
    var marks: Set<Int> = []
    /// True if every file from before the first start is recorded, so that any other file is newer.
    var knowsAllBefore = false

    /// The largest number of passes while files are being renamed.
    private static var maxPasses: Int { 10 }

    /// Returns the files that were found, in the order in which they were written, and the byte
    /// indices at which rotation was found to insert a number or date.
    func find() -> (files: [RotatedFile], newMarks: Set<Int>) {
        var search = self
        var found = search.findOnce()
        // The form of the name may be confirmed only by what was found.
        let places = found.filter { $0.isSame && !$0.isCopy || $0.isKnown }.compactMap(place)
        let new = Set(places).subtracting(marks)
        if !new.isEmpty {
            search.marks.formUnion(new)
            found = search.findOnce()
        }
        return (found.sorted { $0.isOlder(than: $1) }, new)
    }

    private func place(_ found: RotatedFile) -> Int? {
        RotatedName(of: lost.target.name).markIndex(in: Array(found.path.name))
            ?? RotatedName(of: lost.path.name).markIndex(in: Array(found.path.name))
    }

    private func findOnce() -> [RotatedFile] {
        var files: [FileID: RotatedFile] = [:]
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
    private func examineCandidates(into found: inout [FileID: RotatedFile]) -> Bool {
        var isAsListed = true
        var seen: Set<FileID> = []
        for (path, inode, isRotated) in candidates {
            let status = try? FileStatus(path)
            if let inode, status?.id.inode != inode { isAsListed = false }
            guard let status, status.isRegular, !knowledge.isKnown(path, status.id),
                seen.insert(status.id).inserted, !knowledge.isFollowed(path)
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
        -> RotatedFile?
    {
        let fingerprint = lost.fingerprint
        let isLater = isRotated && isLater(path, status)
        let isItself = status.id == lost.id
        let record = knowledge.record(of: file, status.id)
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
            return RotatedFile(
                path: path, file: file, status: status, offset: offset, isSame: isItself,
                isKnown: true)
        }
        // The content that the file had when it was ignored is not read.
        let passed = knowledge.endOfIgnored(file, status) ?? 0
        if passed > 0, passed == status.size { return nil }
        // If nothing was read of a file, its number proves little: it may be reused.
        if isItself, fingerprint.offset > 0, lost.matches(file) {
            return RotatedFile(
                path: path, file: file, status: status, offset: fingerprint.offset, isSame: true)
        }
        if fingerprint.offset >= 16 || (fingerprint.offset > 0 && isLater),
            lost.matches(file)
        {
            if wantsCopy {
                return RotatedFile(
                    path: path, file: file, status: status,
                    offset: max(fingerprint.offset, passed), isSame: true, isCopy: !isItself)
            }
            if knowledge.isCopy(file, status, of: lost) {
                if status.size == fingerprint.offset { knowledge.ignore(path) }
                return nil
            }
        }
        // This is the file itself, cut, or a copy from before the last lines: its content was read
        // from the original, as far as that is certain.
        if isItself || status.size < fingerprint.offset,
            let place = knowledge.placeInPart(file, status)
        {
            return RotatedFile(path: path, file: file, status: status, offset: place, isSame: false)
        }
        guard isLater, !knowledge.isExcluded(path),
            !knowledge.isCopyOfAnother(file, status),
            !knowledge.isCopyOfUnread(file, status)
        else { return nil }
        return RotatedFile(
            path: path, file: file, status: status, offset: passed, isSame: false,
            isEarlierByTime: status.modified < lost.modified)
    }

    /// Returns true if an unknown file is newer than the lost one.
    ///
    /// The time is proof only if no clock was set back. Files from before are recorded, so any
    /// other file is newer.
    private func isLater(_ path: FilePath, _ status: FileStatus) -> Bool {
        if status.modified >= lost.modified { return true }
        return lost.isUnknown ? knowledge.isHeardOf(path) : knowsAllBefore
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
