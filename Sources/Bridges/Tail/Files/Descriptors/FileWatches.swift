import Sockets

/// The kernel's watches of files and directories, which are limited in number, and the files whose
/// writes they do not report.
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
    /// The files with reserved space, which may be written through a mapping without an event, and
    /// a checksum of the space behind the offset as of the last read to the end.
    var reserved: [ObjectIdentifier: (tailed: TailedFile, sum: UInt32)] = [:]
}
