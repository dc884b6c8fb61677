import CLinux
import Glibc

/// Calls for the two ends of a Unix socket on this machine.
package enum LocalSocket {
    /// Connects to a socket, and returns the descriptor, which does not block.
    ///
    /// - Throws: `SocketError`, with ECONNREFUSED if nobody listens there and ENOENT if there is no
    ///   such file.
    package static func connect(to address: SocketAddress) throws(SocketError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        // A Unix socket connects at once or not at all: EAGAIN says that too many wait already
        // (connect(2)).
        guard address.connect(descriptor) == 0 else {
            let failure = SocketError("connect \(address)")
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    /// Returns the user of the process that connected (SO_PEERCRED, unix(7)); `nil` if the kernel
    /// does not say.
    package static func user(of descriptor: Int32) -> uid_t? {
        var peer = ucred()
        var size = socklen_t(MemoryLayout<ucred>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 else {
            return nil
        }
        return peer.uid
    }
}
