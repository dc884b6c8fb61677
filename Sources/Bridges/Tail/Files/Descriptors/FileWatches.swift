import Sockets

/// The kernel's watches of files and directories, which are limited in number.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct FileWatches {
    /// The object of a watch.
    enum Object {
        case file(FileID)
        /// - Parameter isTarget: whether symbolic links lead there: then every name counts.
        case directory(FilePath, isTarget: Bool)
    }

    /// The object of each watch.
    var objects: [FileEvents.Watch: Object] = [:]
    /// The directories that are watched.
    var directories: [FilePath: (watch: FileEvents.Watch, id: FileID?)] = [:]
}
