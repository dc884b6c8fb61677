import Glibc
import MessageBus

/// A check of the store's place: may the file be written, and is there room on the disk.
struct StoreCheck {
    private let configuration: Configuration

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// Bytes that must be free: the store needs about as much while it tidies up.
    private static let minFreeBytes: UInt64 = 64 << 20

    /// The findings; none without a store.
    var findings: [ConnectionFinding] {
        guard let store = configuration.store else {
            return [.untried("it is null: nothing is kept")]
        }
        let path = Configuration.path(store.path, of: configuration.file)
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard unsafe access(directory, W_OK | X_OK) == 0 else {
            return [
                .fails("\(directory): \(FileProblem(errno: errno)): let the daemon write there")
            ]
        }
        if unsafe access(path, F_OK) == 0, unsafe access(path, R_OK | W_OK) != 0 {
            return [.fails("\(path): \(FileProblem(errno: errno)): let the daemon write it")]
        }
        var disk = statvfs()
        guard unsafe statvfs(directory, &disk) == 0 else {
            return [.fails("\(directory): \(FileProblem(errno: errno))")]
        }
        let free = UInt64(disk.f_bavail) * UInt64(disk.f_frsize)
        let words = "\(path): \(free >> 20)MiB are free on the disk"
        return [free < Self.minFreeBytes ? .fails("\(words): make room") : .works(words)]
    }
}
