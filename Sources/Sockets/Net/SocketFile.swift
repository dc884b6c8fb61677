import Glibc

/// The file of a Unix socket, known again even if another one has taken its place.
struct SocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Looks at the file of an address; `nil` if it has none, or if that is not a socket.
    init?(of address: SocketAddress) {
        guard let path = Self.path(of: address), let status = Self.status(path) else { return nil }
        self.path = path
        (device, inode) = (status.st_dev, status.st_ino)
    }

    /// Returns the path of an address, if it has one.
    static func path(of address: SocketAddress) -> String? {
        let hasFile = address.family == AF_UNIX && !address.isAbstract
        return hasFile ? String("\(address)".dropFirst("unix:".count)) : nil
    }

    private static func status(_ path: String) -> stat? {
        guard let status = SystemCalls.linkStatus(path), status.st_mode & S_IFMT == S_IFSOCK else {
            return nil
        }
        return status
    }

    /// Returns true if the address leads to this file, by whichever path.
    func isFile(of address: SocketAddress) -> Bool {
        guard let other = SocketFile(of: address) else { return false }
        return other.device == device && other.inode == inode
    }

    /// Changes who may connect, in the bits of chmod(2).
    ///
    /// - Throws: `SocketError` with the address.
    func setMode(_ mode: UInt32) throws(SocketError) {
        guard unsafe chmod(path, mode) == 0 else { throw SocketError("chmod unix:\(path)") }
    }

    /// Removes the file, unless it is another one by now.
    func remove() {
        guard let now = Self.status(path), now.st_dev == device, now.st_ino == inode else { return }
        SystemCalls.remove(path)
    }
}
