/// The places of rotated files, as far as they have been learned or looked up.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct RotationPlaces {
    /// Byte indices at which rotation inserts a number or date into a name, other than its end.
    var marks: [FilePath: Set<Int>] = [:]
    /// Directories that `rotatedTo` names, as of the present scan.
    var directories: [FilePath]?

    /// The marks as they are saved.
    var savedMarks: [UInt8] {
        var state: [UInt8] = []
        for (path, marks) in marks.sorted(by: { $0.key < $1.key }) {
            for mark in marks.sorted() { state += Array("\(mark) ".utf8) + path.bytes + [0] }
        }
        return state
    }
}
