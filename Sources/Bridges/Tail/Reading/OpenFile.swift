import Glibc
import Sockets

/// What a file is, whatever its name: where the file system keeps it.
///
/// A number is given again when the file is gone, so that it has to be confirmed by what is in it.
struct FileID: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

/// What the file system knows of a file.
struct FileStatus: Sendable {
    let id: FileID
    let isRegular: Bool
    let isDirectory: Bool
    /// What it is, as far as directories say that.
    let kind: DirectoryEntry.Kind
    /// What it is, if it is neither a file nor a directory nor a link.
    let kindName: String?
    /// Bytes.
    let size: UInt64
    /// When it was last written to, in nanoseconds by the file system's clock.
    let modified: Int64
    /// How many names it has.
    let links: Int

    /// Asks by path; symbolic links are followed.
    init(_ path: FilePath) throws(SocketError) {
        var entry = stat()
        guard path.withCString({ stat($0, &entry) }) == 0 else { throw SocketError("stat \(path)") }
        self.init(entry)
    }

    /// Asks by path; of a symbolic link itself.
    init(link path: FilePath) throws(SocketError) {
        var entry = stat()
        guard path.withCString({ lstat($0, &entry) }) == 0 else {
            throw SocketError("stat \(path)")
        }
        self.init(entry)
    }

    /// Asks what is open.
    init(descriptor: Int32) throws(SocketError) {
        var entry = stat()
        guard fstat(descriptor, &entry) == 0 else { throw SocketError("fstat") }
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
        modified = Int64(entry.st_mtim.tv_sec) * 1_000_000_000 + Int64(entry.st_mtim.tv_nsec)
        links = Int(entry.st_nlink)
    }
}

/// A file that is open for reading: it stays the same file, whatever happens to its name.
///
/// Confined to the bridge's thread.
final class OpenFile {
    let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: `SocketError`: `open /var/log/app.log: permission denied`.
    ///
    /// - Parameter flags: what else is asked of open(2).
    init(_ path: FilePath, _ flags: Int32 = 0) throws(SocketError) {
        // Non-blocking, else a named pipe without a writer would keep the thread here.
        let flags = flags | O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let descriptor = path.withCString { open($0, flags) }
        guard descriptor >= 0 else { throw SocketError("open \(path)") }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// What it is now.
    func status() throws(SocketError) -> FileStatus { try FileStatus(descriptor: descriptor) }

    /// Where it really is, symbolic links resolved; `nil` if it has no name any more.
    var target: FilePath? {
        let path = withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return FilePath("") }
            let link = FilePath("/proc/self/fd/\(descriptor)")
            let count = link.withCString { readlink($0, start, buffer.count) }
            return FilePath(bytes: buffer.prefix(max(0, count)))
        }
        guard let status = try? FileStatus(path), let own = try? self.status() else { return nil }
        return status.id == own.id ? path : nil
    }

    /// Reads bytes at an offset, as many as there are and fit.
    ///
    /// - Throws: `SocketError`.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(SocketError) -> Int {
        var count = 0
        while count < buffer.count, let start = buffer.baseAddress {
            let result = pread(
                descriptor, start + count, buffer.count - count, Int(offset) + count)
            if result == 0 { break }
            if result > 0 {
                count += result
            } else if errno != EINTR {
                throw SocketError("read")
            }
        }
        return count
    }

    /// Some bytes at an offset, fewer at the end of the file.
    func bytes(_ count: Int, at offset: UInt64) throws(SocketError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(SocketError) in try read(into: buffer, at: offset) }
        }
        bytes.removeLast(count - (try result.get()))
        return bytes
    }

    /// The first place from an offset on where something was ever written; holes are skipped.
    ///
    /// `nil` if nothing was.
    func data(from offset: UInt64) -> UInt64? {
        // SEEK_DATA (lseek(2)), which only GNU declares.
        let place = lseek(descriptor, Int(offset), 3)
        if place >= 0 { return UInt64(place) }
        return errno == ENXIO ? nil : offset
    }
}
