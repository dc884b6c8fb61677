import CLinux
import Glibc

extension Listener {
    /// Checks that a socket can be bound to an address, and leaves nothing behind.
    ///
    /// The kernel may still refuse later. A Unix socket that nobody listens on any more counts as
    /// free.
    ///
    /// - Throws: `SocketError`; its code is `EADDRINUSE` if another process listens there.
    public static func check(_ address: SocketAddress) throws(SocketError) {
        if let path = SocketFile.path(of: address) { return try check(path, address) }
        let descriptor = try makeSocket(address)
        defer { Glibc.close(descriptor) }
        // As for a real one: connections in TIME_WAIT are no obstacle.
        SocketOption.set(SO_REUSEADDR, 1, of: descriptor)
        guard address.bind(descriptor) == 0 else {
            throw SocketError("bind \(address)")
        }
    }

    private static func makeSocket(_ address: SocketAddress) throws(SocketError) -> Int32 {
        let type = Int32(
            SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        return descriptor
    }

    /// Checks the path of a Unix socket without making one.
    private static func check(_ path: String, _ address: SocketAddress) throws(SocketError) {
        if let status = SystemCalls.linkStatus(path) {
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw SocketError("bind \(address)", reason: "there is a file that is not a socket")
            }
            let probe = try makeSocket(address)
            defer { Glibc.close(probe) }
            // EAGAIN: somebody listens, who is busy.
            if address.connect(probe) == 0 || errno == EAGAIN {
                throw SocketError("bind \(address)", errno: EADDRINUSE)
            }
            if errno != ECONNREFUSED { throw SocketError("connect \(address)") }
        } else if errno != ENOENT {
            throw SocketError("bind \(address)")
        }
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard SystemCalls.isAccessible(directory, W_OK | X_OK) else {
            throw SocketError("bind \(address)")
        }
    }
}
