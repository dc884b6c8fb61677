/// The files that the daemon writes; if it tailed one, each line would cause another.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct OwnFiles {
    /// The files that the daemon writes at present.
    private var present: Set<FileID> = []
    /// The first bytes of files that the daemon wrote earlier.
    private var former: [FileID: [UInt8]] = [:]

    /// Finds the files that the daemon writes at present: its standard output and error, and others
    /// by their paths.
    mutating func find(_ paths: [String]) {
        present = []
        for descriptor: Int32 in [1, 2] {
            if let status = try? FileStatus(descriptor: descriptor), status.isRegular {
                present.insert(status.id)
            }
        }
        for path in paths {
            if let status = try? FileStatus(FilePath(path)) { present.insert(status.id) }
        }
    }

    /// Returns true if the daemon writes a file at present.
    func contains(_ id: FileID) -> Bool { present.contains(id) }

    /// Returns true if the daemon writes a file, or wrote it before the file was rotated.
    mutating func recognize(_ path: FilePath, _ id: FileID) -> Bool {
        let isPresent = present.contains(id)
        if !isPresent, former[id] == nil { return false }
        let first = (try? OpenFile(path).bytes(FileFingerprint.backBytes, at: 0)) ?? []
        if isPresent {
            former[id] = first
        } else if former[id].map({ $0.isEmpty || !first.starts(with: $0) }) ?? true {
            // Its number is reused by another file.
            former[id] = nil
            return false
        }
        return true
    }
}
