import Glibc
import Sockets

/// A directory for Unix sockets `s` and `t`, removed with them.
final class SocketFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/puente-socket-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw SocketError("mkdtemp") }
        self.path = String(cString: path)
    }

    deinit {
        unlink("\(path)/s")
        unlink("\(path)/t")
        rmdir(path)
    }

    /// The last part of its path.
    var name: String { String(path.dropFirst("/tmp/".count)) }

    /// The mode of the socket `s`; `nil` if it is not there.
    var mode: UInt32? {
        var status = stat()
        return lstat("\(path)/s", &status) == 0 ? status.st_mode & 0o777 : nil
    }
}
