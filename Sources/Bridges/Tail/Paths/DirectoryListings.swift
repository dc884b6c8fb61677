import Chat
import Glibc
import Sockets

/// A cache of directory listings for one scan.
///
/// Owned by `TailedFiles`, which checks it; confined to the bridge's thread.
final class DirectoryListings {
    private var lists: [FilePath: DirectoryListing] = [:]

    /// The names in a directory; none if it can't be read.
    subscript(directory: FilePath) -> DirectoryListing {
        if let list = lists[directory] { return list }
        let list = Self.list(directory)
        lists[directory] = list
        return list
    }

    private static func list(_ directory: FilePath) -> DirectoryListing {
        do throws(SocketError) {
            return DirectoryListing(try DirectoryEntry.all(in: directory))
        } catch {
            let isGone = [ENOENT, ENOTDIR, ELOOP].contains(error.code)
            return DirectoryListing([], isUnknown: !isGone)
        }
    }

    /// Reads directories again.
    ///
    /// Returns true if anything has changed.
    func renew(_ directories: [FilePath]) -> Bool {
        let before = directories.map { self[$0].entries }
        for directory in directories { lists[directory] = nil }
        return directories.map { self[$0].entries } != before
    }
}
