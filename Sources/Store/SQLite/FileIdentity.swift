import CSQLite
import Glibc

/// Which file a name stood for at some moment.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt
    private let node: UInt

    /// `nil` if there is no such file.
    init?(of path: String) {
        // Asked by name: to open and close the file would drop SQLite's locks.
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = status.st_dev
        node = status.st_ino
    }

    /// What a file that this process has open is called by now; `nil` if it was removed.
    ///
    /// Looks at the descriptors of the process, for SQLite does not tell its own.
    var presentPath: String? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard let descriptor = Int32(name), fstat(descriptor, &status) == 0,
                FileIdentity(status) == self, status.st_nlink > 0
            else { continue }
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink("/proc/self/fd/\(name)", &target, target.count)
            return String(
                decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return nil
    }
}
