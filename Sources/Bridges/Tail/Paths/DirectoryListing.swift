import Sockets

/// The names in a directory, searchable by prefix or inode number.
///
/// Owned by its `DirectoryListings`; confined to the bridge's thread, which `TailedFiles` checks.
final class DirectoryListing {
    let entries: [DirectoryEntry]
    private var searches = 0
    /// Indices into `entries`, sorted by name.
    private var byName: [Int] = []
    private var byInode: [UInt64: [Int]] = [:]
    /// The inode numbers of all entries.
    private(set) lazy var inodes = Set(entries.map(\.inode))

    /// The number of searches after which the entries are sorted.
    private static let few = 4

    /// True if the directory could not be read.
    let isUnknown: Bool

    init(_ entries: [DirectoryEntry], isUnknown: Bool = false) {
        self.entries = entries
        self.isUnknown = isUnknown
    }

    /// Returns the entries whose names begin with a prefix, and those of a file; directories are
    /// left out.
    func candidates(beginningWith prefix: [UInt8], or inode: UInt64) -> [DirectoryEntry] {
        searches += 1
        if searches <= Self.few {
            return entries.filter {
                $0.kind != .directory && ($0.inode == inode || $0.name.starts(with: prefix))
            }
        }
        if byName.isEmpty, !entries.isEmpty { sort() }
        var indices = byInode[inode] ?? []
        var index = firstIndex(from: prefix)
        while index < byName.count, entries[byName[index]].name.starts(with: prefix) {
            if entries[byName[index]].inode != inode { indices.append(byName[index]) }
            index += 1
        }
        return indices.map { entries[$0] }.filter { $0.kind != .directory }
    }

    private func sort() {
        byName = entries.indices.sorted {
            entries[$0].name.lexicographicallyPrecedes(entries[$1].name)
        }
        for (index, entry) in entries.enumerated() {
            byInode[entry.inode, default: []].append(index)
        }
    }

    /// Returns the index of the first name that does not precede a given one.
    private func firstIndex(from name: [UInt8]) -> Int {
        var (low, high) = (0, byName.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[byName[middle]].name.lexicographicallyPrecedes(name) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
