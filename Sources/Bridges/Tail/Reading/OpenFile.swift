import Chat
import Glibc
import Sockets

/// A file that is open for reading: it stays the same file, whatever happens to its name.
///
/// Owned by the bridge's thread, mostly through a `TailedFile`, which `TailedFiles` checks.
final class OpenFile {
    let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: `SocketError`: `open /var/log/app.log: permission denied`.
    ///
    /// - Parameter flags: additional flags for open(2).
    init(_ path: FilePath, _ flags: Int32 = 0) throws(SocketError) {
        // Non-blocking, else a named pipe without a writer would keep the thread here.
        let flags = flags | O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let descriptor = unsafe path.withCString { unsafe open($0, flags) }
        guard descriptor >= 0 else { throw SocketError("open \(path)") }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Returns its present status.
    func status() throws(SocketError) -> FileStatus { try FileStatus(descriptor: descriptor) }

    /// Its present path with symbolic links resolved; `nil` if it is deleted.
    var target: FilePath? {
        let path = unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return FilePath("") }
            let link = FilePath("/proc/self/fd/\(descriptor)")
            let count = unsafe link.withCString { unsafe readlink($0, start, buffer.count) }
            return unsafe FilePath(bytes: buffer.prefix(max(0, count)))
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
            let result = unsafe pread(
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

    /// Returns a number of bytes at an offset; fewer at the end of the file.
    func bytes(_ count: Int, at offset: UInt64) throws(SocketError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(SocketError) in try unsafe read(into: buffer, at: offset) }
        }
        bytes.removeLast(count - (try result.get()))
        return bytes
    }

    /// Returns the first place at or after an offset that was ever written; holes are skipped.
    ///
    /// `nil` if there is none.
    func data(from offset: UInt64) -> UInt64? {
        // SEEK_DATA (lseek(2)), which only GNU declares.
        let place = lseek(descriptor, Int(offset), 3)
        if place >= 0 { return UInt64(place) }
        return errno == ENXIO ? nil : offset
    }
}
