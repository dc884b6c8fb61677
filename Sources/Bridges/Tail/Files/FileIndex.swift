/// The tailed files, and the ways to find one: by its ID, by its path, by the links to it.
///
/// Each file is in the list of all files once, and in the list of its path, the newest first; its
/// `slot` and `predecessor` are set here only. Owned by `TailedFiles`; confined to the bridge's
/// thread.
struct FileIndex {
    /// All tailed files, unordered; each one's `slot` is its index here.
    private(set) var all: [TailedFile] = []
    private var byID: [FileID: TailedFile] = [:]
    /// The newest file of each path; the others follow by their `predecessor`.
    private var newestFiles: [FilePath: TailedFile] = [:]
    /// The paths that are symbolic links, by the path that they lead to.
    private var links: [FilePath: Set<FilePath>] = [:]

    /// The file of an ID.
    subscript(id: FileID) -> TailedFile? { byID[id] }

    /// Returns the newest file of a path.
    func newest(of path: FilePath) -> TailedFile? { newestFiles[path] }

    /// Returns the files of a path, the newest first.
    func files(of path: FilePath) -> [TailedFile] {
        var files: [TailedFile] = []
        var next = newestFiles[path]
        while let one = next {
            files.append(one)
            next = one.predecessor
        }
        return files
    }

    /// Returns the paths that are symbolic links to a path.
    func links(to target: FilePath) -> Set<FilePath> { links[target] ?? [] }

    /// Returns true if a file of this ID is tailed at a matching path.
    func isLive(_ id: FileID) -> Bool { byID[id].map { !$0.isLost } ?? false }

    // MARK: - Changes

    /// Adds a file as the newest of its path.
    mutating func insert(_ tailed: TailedFile) {
        tailed.slot = all.count
        all.append(tailed)
        byID[tailed.id] = tailed
        append(tailed)
        if tailed.target != tailed.path {
            links[tailed.target, default: []].insert(tailed.path)
        }
    }

    /// Removes a file.
    ///
    /// Returns true if its path has no file any more.
    mutating func remove(_ tailed: TailedFile) -> Bool {
        // Another file may have its number by now.
        if byID[tailed.id] === tailed { byID[tailed.id] = nil }
        if all.indices.contains(tailed.slot), all[tailed.slot] === tailed {
            all.swapAt(tailed.slot, all.count - 1)
            all[tailed.slot].slot = tailed.slot
            all.removeLast()
        }
        let wasLast = removeFromPath(tailed)
        if tailed.target != tailed.path, newestFiles[tailed.path] == nil {
            links[tailed.target]?.remove(tailed.path)
            if links[tailed.target]?.isEmpty == true { links[tailed.target] = nil }
        }
        return wasLast
    }

    /// Changes the path of a file, which becomes the newest one there.
    ///
    /// Returns true if the path that it had has no file any more.
    mutating func rename(_ tailed: TailedFile, to path: FilePath) -> Bool {
        let wasLast = removeFromPath(tailed)
        tailed.path = path
        append(tailed)
        return wasLast
    }

    /// Sets the newest file of a path aside, so that files found now come before it; `append`
    /// ends that.
    ///
    /// Returns false if it is not the newest one.
    mutating func setAside(_ tailed: TailedFile) -> Bool {
        guard newestFiles[tailed.path] === tailed else { return false }
        newestFiles[tailed.path] = tailed.predecessor
        return true
    }

    /// Makes a file the newest of its path.
    mutating func append(_ tailed: TailedFile) {
        tailed.predecessor = newestFiles[tailed.path]
        newestFiles[tailed.path] = tailed
    }

    /// Removes a file from the list of its path; returns true if it was the only one.
    private mutating func removeFromPath(_ tailed: TailedFile) -> Bool {
        defer { tailed.predecessor = nil }
        if newestFiles[tailed.path] === tailed {
            newestFiles[tailed.path] = tailed.predecessor
            return tailed.predecessor == nil
        }
        var next = newestFiles[tailed.path]
        while let one = next, one.predecessor !== tailed { next = one.predecessor }
        next?.predecessor = tailed.predecessor
        return false
    }
}
