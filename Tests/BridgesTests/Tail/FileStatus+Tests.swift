import Glibc

@testable import TailBridge

extension FileStatus {
    /// Returns the status of a file that need not exist.
    ///
    /// - Parameter modified: the modification time in nanoseconds.
    static func file(_ inode: UInt64, size: Int = 0, modified: Int = 0) -> FileStatus {
        var entry = stat()
        entry.st_mode = S_IFREG
        entry.st_ino = UInt(inode)
        entry.st_size = size
        entry.st_mtim.tv_nsec = modified
        entry.st_nlink = 1
        return FileStatus(entry)
    }
}
