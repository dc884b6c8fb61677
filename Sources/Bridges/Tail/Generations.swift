import Sockets

/// Looks for what a file's name has been the name of before: rotated away or copied while nobody
/// looked.
struct Generations {
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

        /// Whether it was written before another one; the file system's clock ticks every few
        /// milliseconds, so that the names may have to tell.
        func isOlder(than other: Found) -> Bool {
            if isSame != other.isSame { return isSame }
            if status.modified != other.status.modified {
                return status.modified < other.status.modified
            }
            return RotatedName.isOlder(path.name, than: other.path.name)
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
    /// How files of that name begin of which nothing has been read yet.
    let unread: () -> [[UInt8]]
    /// Whether a file is followed already.
    let isKnown: (FileID) -> Bool
    /// Up to where a file was passed over on purpose; `nil` if it was not.
    let passedOver: (OpenFile, FileStatus) -> UInt64?
    /// What is known of a file that was followed once.
    let record: (OpenFile, FileID) -> FileRecord?
    /// The names in the directories.
    let listings: DirectoryListings

    /// Times that names are gone through, if they are given on all the while.
    private static let looks = 10

    /// Finds them, in the order in which they were written.
    func find() -> [Found] {
        var files: [FileID: Found] = [:]
        for _ in 0..<Self.looks {
            // What was rotated on meanwhile has a name that was another's, or was not there.
            if look(into: &files) || !listings.renew(places.map(\.directory)) { break }
        }
        var found = Array(files.values)
        // What was found itself needs no copy.
        if found.contains(where: { $0.isSame && $0.status.id == lost.id }) {
            found.removeAll { $0.isSame && $0.status.id != lost.id }
        }
        return found.sorted { $0.isOlder(than: $1) }
    }

    /// Goes through the names once; false if one of them is not the file's any more that had it when
    /// the directory was read.
    private func look(into found: inout [FileID: Found]) -> Bool {
        var isAsListed = true
        var seen: Set<FileID> = []
        for (path, inode, isRotated) in candidates {
            let status = try? FileStatus(path)
            if let inode, status?.id.inode != inode { isAsListed = false }
            guard let status, status.isRegular, !isKnown(status.id),
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
        let looksLater = isRotated && status.modified >= lost.modified
        let isItself = status.id == lost.id
        if let record = record(file, status.id), record.fingerprint.offset > 0 {
            let offset = record.fingerprint.offset
            // One that is finished may have got a late line.
            guard status.size > offset || (isItself && !record.isFinished) else { return nil }
            return Found(path: path, file: file, status: status, offset: offset, isSame: isItself)
        }
        // What it had when it was passed over is not read.
        let passed = passedOver(file, status) ?? 0
        if passed > 0, passed == status.size { return nil }
        // Of a file of which nothing was read the number says little: it may be another's by now.
        if isItself, fingerprint.offset > 0, fingerprint.matches(file) {
            return Found(
                path: path, file: file, status: status, offset: fingerprint.offset, isSame: true)
        }
        if fingerprint.offset >= 16 || (fingerprint.offset > 0 && looksLater),
            fingerprint.matches(file)
        {
            guard wantsCopy else { return nil }
            return Found(
                path: path, file: file, status: status, offset: max(fingerprint.offset, passed),
                isSame: true, isCopy: !isItself)
        }
        // A copy from before the last lines: they were read where they were written.
        if status.size < fingerprint.offset, fingerprint.beginsLike(file, size: status.size) {
            return Found(path: path, file: file, status: status, offset: status.size, isSame: false)
        }
        guard looksLater, !isExcluded(path),
            !others().contains(where: { isCopy(file, status, of: $0) }),
            !isCopyOfUnread(file)
        else { return nil }
        return Found(path: path, file: file, status: status, offset: passed, isSame: false)
    }

    private func isCopyOfUnread(_ file: OpenFile) -> Bool {
        unread().contains { beginning in
            !beginning.isEmpty && (try? file.bytes(beginning.count, at: 0)) == beginning
        }
    }

    private func isCopy(_ file: OpenFile, _ status: FileStatus, of other: FileRecord) -> Bool {
        let fingerprint = other.fingerprint
        return status.size < fingerprint.offset
            ? fingerprint.beginsLike(file, size: status.size)
            : fingerprint.offset > 0 && fingerprint.matches(file)
    }

    /// Where it may have had its name.
    private var places: [FilePath] {
        lost.target == lost.path ? [lost.path] : [lost.target, lost.path]
    }

    /// Paths that may have been the file's, the numbers that their directory has for them, and
    /// whether their names look like those that rotation gives.
    private var candidates: [(FilePath, inode: UInt64?, isRotated: Bool)] {
        var paths: [FilePath: (inode: UInt64?, isRotated: Bool)] = [:]
        for place in places {
            let name = RotatedName(of: place.name)
            for entry in listings[place.directory] where entry.kind != .directory {
                let isRotated = name.isRotated(entry.name)
                guard isRotated || entry.inode == lost.id.inode || name.isRelated(entry.name) else {
                    continue
                }
                let path = place.directory.appending(entry.name)
                // A symbolic link has a number of its own.
                let inode = entry.kind == .link ? nil : entry.inode
                paths[path] = (inode, isRotated || paths[path]?.isRotated == true)
            }
        }
        return paths.sorted { $0.key < $1.key }.map { ($0.key, $0.value.inode, $0.value.isRotated) }
    }
}

/// The names in directories, each asked for once, unless they are to be asked anew.
///
/// Confined to the bridge's thread, for as long as it looks for something.
final class DirectoryListings {
    private var lists: [FilePath: [DirectoryEntry]] = [:]

    /// The names in a directory; none if it can't be read.
    subscript(directory: FilePath) -> [DirectoryEntry] {
        if let list = lists[directory] { return list }
        let list = (try? DirectoryEntry.all(in: directory)) ?? []
        lists[directory] = list
        return list
    }

    /// Asks some directories anew; whether anything has changed.
    func renew(_ directories: [FilePath]) -> Bool {
        let before = directories.map { self[$0] }
        for directory in directories { lists[directory] = nil }
        return directories.map { self[$0] } != before
    }
}

/// What rotation makes of a name: `app.log` becomes `app.log.1` or `app.log-20250101`.
///
/// Where it becomes `app-20250101.log` it is known by its number or its content only.
struct RotatedName {
    private let live: [UInt8]
    private let stem: ArraySlice<UInt8>

    init(of name: some Sequence<UInt8>) {
        live = Array(name)
        let dot = live.dropFirst().lastIndex(of: UInt8(ascii: ".")) ?? live.endIndex
        stem = live[..<dot]
    }

    /// Whether a name is the live one with a number or a date behind it.
    ///
    /// Not one with digits in the middle: `server-8080.log` beside `server.log` is another program's.
    func isRotated(_ name: [UInt8]) -> Bool {
        name.starts(with: live) && Self.isMark(name.dropFirst(live.count))
    }

    /// Whether a name begins as the live one does.
    func isRelated(_ name: [UInt8]) -> Bool { name != live && name.starts(with: stem) }

    /// Whether a name says that it is older than another: by a greater number, or an earlier date.
    static func isOlder(_ name: ArraySlice<UInt8>, than other: ArraySlice<UInt8>) -> Bool {
        let (number, otherNumber) = (lastNumber(name), lastNumber(other))
        // What has more than three digits is a date.
        if let number, let otherNumber, max(number, otherNumber) < 1_000 {
            return number > otherNumber
        }
        return name.lexicographicallyPrecedes(other)
    }

    private static func lastNumber(_ name: ArraySlice<UInt8>) -> Int? {
        guard let end = name.lastIndex(where: { (0x30...0x39).contains($0) }) else { return nil }
        let digits = name[...end].reversed().prefix { (0x30...0x39).contains($0) }.reversed()
        return Int(String(decoding: digits, as: UTF8.self))
    }

    private static func isMark(_ part: ArraySlice<UInt8>) -> Bool {
        guard let first = part.first, "-._".utf8.contains(first) else { return false }
        return part.contains { (0x30...0x39).contains($0) }
            && part.allSatisfy { (0x30...0x39).contains($0) || "-._:TZ+".utf8.contains($0) }
    }
}
