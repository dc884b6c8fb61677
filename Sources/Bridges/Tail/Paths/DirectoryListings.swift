import Chat
import Glibc
import Sockets

/// The names in directories, each asked for once, unless they are to be asked anew.
///
/// Confined to the bridge's thread, for as long as it looks for something.
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

    /// Asks some directories anew; whether anything has changed.
    func renew(_ directories: [FilePath]) -> Bool {
        let before = directories.map { self[$0].entries }
        for directory in directories { lists[directory] = nil }
        return directories.map { self[$0].entries } != before
    }
}
