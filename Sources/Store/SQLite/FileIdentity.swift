import CSQLite
import Glibc

/// The file that a name stood for at some moment: its device and inode.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt
    private let node: UInt

    /// Looks a file up; `nil` if there is none.
    init?(of path: String) {
        // Asked by name: to open and close the file would drop SQLite's locks.
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = status.st_dev
        node = status.st_ino
    }

    /// Present path of a file that this process has open; `nil` if it was removed.
    ///
    /// Found among the descriptors of the process, because SQLite does not tell its own.
    var presentPath: String? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            // In place: the kernel writes no more of an entry than its name takes, so that a copy
            // of the whole field may read behind the end of the buffer.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard let descriptor = Int32(name), unsafe fstat(descriptor, &status) == 0,
                FileIdentity(status) == self, status.st_nlink > 0
            else { continue }
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = unsafe readlink("/proc/self/fd/\(name)", &target, target.count)
            return String(
                decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return nil
    }
}
