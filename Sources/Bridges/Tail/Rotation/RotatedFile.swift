import Chat
import Sockets

/// A file with unread data that had a path before, as a `RotationSearch` finds it.
struct RotatedFile {
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
    func isOlder(than other: RotatedFile) -> Bool {
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
