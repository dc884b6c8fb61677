import Glibc

/// The file of a Unix socket, known again even if another one has taken its place.
struct SocketFile {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Looks at the file of an address; `nil` if it has none, or if that is no socket.
    init?(of address: SocketAddress) {
        guard let path = Self.path(of: address), let status = Self.status(path) else { return nil }
        self.path = path
        (device, inode) = (status.st_dev, status.st_ino)
    }

    /// Returns the path of an address, if it has one.
    static func path(of address: SocketAddress) -> String? {
        address.family == AF_UNIX ? String("\(address)".dropFirst(5)) : nil
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        return status
    }

    /// Removes the file, unless it is another one by now.
    func remove() {
        guard let now = Self.status(path), now.st_dev == device, now.st_ino == inode else { return }
        unlink(path)
    }
}
