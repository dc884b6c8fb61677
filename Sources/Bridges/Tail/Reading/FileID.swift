import Chat
import Glibc
import Sockets

/// What a file is, whatever its name: where the file system keeps it.
///
/// A number is given again when the file is gone, so that it has to be confirmed by what is in it.
struct FileID: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}
