import Chat
import Glibc
import Sockets

/// A file's metadata as of a stat(2) call.
struct FileStatus: Sendable {
    let id: FileID
    let isRegular: Bool
    let isDirectory: Bool
    /// The kind of file, as far as directories tell it.
    let kind: DirectoryEntry.Kind
    /// The kind in words if it is neither a file nor a directory nor a link.
    let kindName: String?
    /// The size in bytes.
    let size: UInt64
    /// The modification time in nanoseconds by the file system's clock.
    let modified: Int64
    /// The number of hard links.
    let links: Int

    /// Looks up a path, following symbolic links.
    init(_ path: FilePath) throws(SocketError) {
        var entry = stat()
        guard unsafe path.withCString({ unsafe stat($0, &entry) }) == 0 else {
            throw SocketError("stat \(path)")
        }
        self.init(entry)
    }

    /// Looks up a path; a symbolic link is not followed.
    init(link path: FilePath) throws(SocketError) {
        var entry = stat()
        guard unsafe path.withCString({ unsafe lstat($0, &entry) }) == 0 else {
            throw SocketError("stat \(path)")
        }
        self.init(entry)
    }

    /// Looks up an open file.
    init(descriptor: Int32) throws(SocketError) {
        var entry = stat()
        guard unsafe fstat(descriptor, &entry) == 0 else { throw SocketError("fstat") }
        self.init(entry)
    }

    init(_ entry: stat) {
        switch entry.st_mode & S_IFMT {
        case S_IFREG: (kind, kindName) = (.file, nil)
        case S_IFDIR: (kind, kindName) = (.directory, nil)
        case S_IFLNK: (kind, kindName) = (.link, nil)
        case S_IFIFO: (kind, kindName) = (.unknown, "a named pipe")
        case S_IFSOCK: (kind, kindName) = (.unknown, "a socket")
        default: (kind, kindName) = (.unknown, "a device")
        }
        id = FileID(device: UInt64(entry.st_dev), inode: UInt64(entry.st_ino))
        isRegular = entry.st_mode & S_IFMT == S_IFREG
        isDirectory = entry.st_mode & S_IFMT == S_IFDIR
        size = UInt64(max(0, entry.st_size))
        modified = entry.st_mtim.inNanoseconds
        links = Int(entry.st_nlink)
    }
}
