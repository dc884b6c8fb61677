import Chat
import Sockets

/// The knowledge of files and paths by which a `RotationSearch` judges the files that it finds.
///
/// Confined to the bridge's thread.
protocol RotationKnowledge {
    /// Returns true if a path is tailed anyway.
    func isFollowed(_ path: FilePath) -> Bool

    /// Returns true if a path is excluded: only the lost file itself is accepted there.
    func isExcluded(_ path: FilePath) -> Bool

    /// Returns true if a file found at a path is tailed already, or written by the daemon itself.
    func isKnown(_ path: FilePath, _ id: FileID) -> Bool

    /// Returns true if a name was reported as changed since the last scan.
    func isHeardOf(_ path: FilePath) -> Bool

    /// Returns the record of a file that was tailed before.
    func record(of file: OpenFile, _ id: FileID) -> FileRecord?

    /// Returns the offset up to which a file is ignored; `nil` if it is not.
    func endOfIgnored(_ file: OpenFile, _ status: FileStatus) -> UInt64?

    /// Returns true if a file is a copy of a recorded one and has nothing else.
    func isCopy(_ file: OpenFile, _ status: FileStatus, of record: FileRecord) -> Bool

    /// Returns true if a file is a copy of another one of the lost file's path, and so none of the
    /// lost one.
    func isCopyOfAnother(_ file: OpenFile, _ status: FileStatus) -> Bool

    /// Returns true if a file is a copy of one of that path of which nothing has been read yet.
    func isCopyOfUnread(_ file: OpenFile, _ status: FileStatus) -> Bool

    /// Returns the offset at which to continue in a file that still has a part of the bytes read;
    /// `nil` if that is not certain.
    func placeInPart(_ file: OpenFile, _ status: FileStatus) -> UInt64?

    /// Records a file that is a copy of what was read as one to be ignored.
    func ignore(_ path: FilePath)
}
