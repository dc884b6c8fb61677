import Chat
import Glibc
import Sockets

/// A name in a directory.
struct DirectoryEntry: Equatable {
    /// The kind of file, if the directory tells it.
    enum Kind {
        case file, directory, link
        /// The file system does not tell.
        case unknown
        /// A path that bridge.json names literally, whatever it is.
        case named
    }

    let name: [UInt8]
    let inode: UInt64
    let kind: Kind

    /// All names in a directory but `.` and `..`.
    ///
    /// - Throws: `SocketError`.
    static func all(in directory: FilePath) throws(SocketError) -> [DirectoryEntry] {
        try listing(of: directory).entries
    }

    /// Returns the same names, with the ID of the directory.
    ///
    /// - Throws: `SocketError`.
    static func listing(
        of directory: FilePath
    ) throws(SocketError) -> (id: FileID, entries: [DirectoryEntry]) {
        guard let stream = unsafe directory.withCString({ unsafe opendir($0) }) else {
            throw SocketError("open \(directory)")
        }
        defer { unsafe closedir(stream) }
        var status = stat()
        guard unsafe fstat(dirfd(stream), &status) == 0 else {
            throw SocketError("fstat \(directory)")
        }
        var entries: [DirectoryEntry] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 })
            }
            if name == [0x2E] || name == [0x2E, 0x2E] { continue }
            unsafe entries.append(
                DirectoryEntry(name: name, inode: UInt64(entry.pointee.d_ino), kind: kind(entry)))
        }
        guard errno == 0 else { throw SocketError("read \(directory)") }
        return (FileStatus(status).id, entries)
    }

    private static func kind(_ entry: UnsafeMutablePointer<dirent>) -> Kind {
        // DT_DIR, DT_REG and DT_LNK; a link has to be followed to know what it leads to.
        switch unsafe entry.pointee.d_type {
        case 4: .directory
        case 8: .file
        case 10: .link
        default: .unknown
        }
    }
}
