import CLinux
import Glibc
import Sockets

/// The address of a control socket.
///
/// A path that is too long for a socket is reached through a descriptor of its directory, which is
/// kept open as long as this object exists. Safe from any thread.
package final class ControlAddress: Sendable {
    /// The path as a person would write it.
    package let path: String
    /// The address for the kernel.
    package let socket: SocketAddress
    /// The directory, open only for a path that is too long.
    private let directory: Int32?

    /// Makes the address of a path.
    ///
    /// - Throws: `ControlError` if the name alone is too long; `SocketError` if the directory can't
    ///   be opened.
    package init(_ path: String) throws {
        self.path = path
        if let short = try? SocketAddress.unix(path: path) {
            (socket, directory) = (short, nil)
            return
        }
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = path[(slash.map(path.index(after:)) ?? path.startIndex)...]
        let descriptor = unsafe open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SocketError("open \(parent)") }
        do {
            socket = try SocketAddress.unix(path: "/proc/self/fd/\(descriptor)/\(name)")
        } catch {
            close(descriptor)
            throw ControlError("control: \(path): the name is too long for a socket")
        }
        directory = descriptor
    }

    deinit { if let directory { close(directory) } }

    /// The kind of file at the path; `nil` if there is none.
    var kindOfFile: mode_t? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
