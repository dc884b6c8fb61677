/// A file's identity independent of its path: device and inode number.
///
/// The number of a deleted file is reused, so the content has to confirm it.
struct FileID: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}
