/// The results of looking at directories that hold during a scan, and until the next one.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct ScanLookups {
    /// The contents of directories.
    var listings = DirectoryListings()
    /// The directories that `rotatedTo` names; `nil` until they are asked for.
    var rotationDirectories: [FilePath]?
    /// The resolved paths of files that the scan has begun to tail for the first time, through a
    /// link.
    var firstFollowed: [FilePath] = []
}
