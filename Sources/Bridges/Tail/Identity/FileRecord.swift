import Chat

/// The saved state of a file, committed in the same transaction as its lines.
struct FileRecord: Equatable, Sendable {
    var id: FileID
    var fingerprint: FileFingerprint
    /// The path that matched a pattern.
    var path: FilePath
    /// The path when it was opened, with symbolic links resolved.
    var target: FilePath
    /// Its modification time, as far as observed.
    var modified: Int64
    /// True if it lost its path and has been read to its end.
    var isFinished = false
    /// The time since which the file has been missing, in seconds by the wall clock; 0 if it is not
    /// missing.
    var gone: Int64 = 0
    /// Checksums along what was read.
    var marks = FileMarks()

    /// The key of its checkpoint.
    var key: String { "\(id.device):\(id.inode)" }

    /// The state of its checkpoint: a readable line of text, followed by the paths as bytes.
    var state: [UInt8] {
        let head = fingerprint.head.map { String($0, radix: 16) }.joined(separator: ",")
        let sum = String(fingerprint.sum, radix: 16)
        let first =
            "2 \(isFinished ? "finished" : "live") \(fingerprint.offset) \(head) \(sum) \(modified)"
            + " \(gone) \(marks.text)\n"
        return Array(first.utf8) + path.bytes + [0] + (target == path ? [] : Array(target.bytes))
    }

    /// Reads a checkpoint; `nil` if it is not one of a file.
    init?(key: String, state: [UInt8]) {
        let parts = key.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]),
            let end = state.firstIndex(of: 0x0A)
        else { return nil }
        let words = String(decoding: state[..<end], as: UTF8.self).split(separator: " ")
        // The first version had neither marks nor the time of disappearance.
        guard (words.count == 6 && words[0] == "1") || (words.count == 8 && words[0] == "2"),
            let offset = UInt64(words[2]), let sum = UInt64(words[4], radix: 16),
            let modified = Int64(words[5])
        else { return nil }
        if words.count == 8 {
            gone = Int64(words[6]) ?? 0
            marks = FileMarks(text: words[7])
        }
        let head = words[3].split(separator: ",").compactMap { UInt64($0, radix: 16) }
        guard !head.isEmpty else { return nil }
        let paths = state[(end + 1)...].split(separator: 0, omittingEmptySubsequences: false)
        guard paths.count == 2 else { return nil }
        id = FileID(device: device, inode: inode)
        fingerprint = FileFingerprint(offset: offset, head: head, sum: sum)
        path = FilePath(bytes: paths[0])
        target = paths[1].isEmpty ? path : FilePath(bytes: paths[1])
        isFinished = words[1] == "finished"
        self.modified = modified
    }

    /// Creates a placeholder for unknown files that may have had a path since a time by the file
    /// system's clock.
    init(unknownOf path: FilePath, since modified: Int64) {
        self.init(
            id: FileID(device: 0, inode: 0), fingerprint: FileFingerprint(), path: path,
            target: path,
            modified: modified, isFinished: true)
    }

    init(
        id: FileID, fingerprint: FileFingerprint, path: FilePath, target: FilePath, modified: Int64,
        isFinished: Bool, marks: FileMarks = FileMarks()
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.path = path
        self.target = target
        self.modified = modified
        self.isFinished = isFinished
        self.marks = marks
    }

    /// Returns true if a file still has the bytes that were read, as far as is known.
    func matches(_ file: OpenFile) -> Bool {
        guard fingerprint.matches(file) else { return false }
        if let status = try? file.status(), status.size == fingerprint.offset,
            status.modified == modified
        {
            return true
        }
        return marks.areFound(in: file)
    }

    /// True if only the path is known.
    var isUnknown: Bool { id.inode == 0 }
}
