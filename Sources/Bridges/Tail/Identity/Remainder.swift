import Chat
import Glibc
import Sockets

/// What a file still has of what was read of it, when that is not all there any more.
struct Remainder {
    private let fingerprint: FileFingerprint
    private let marks: FileMarks
    private let sums: LineChecksums
    private let file: OpenFile
    private let size: UInt64

    /// Bytes of what it has still from which on it was cut, and not written anew with the same
    /// beginning: no header is as long.
    private static let certain: UInt64 = 1_024

    /// Of a file that is followed.
    init(_ tailed: TailedFile, _ file: OpenFile, size: UInt64) {
        fingerprint = tailed.fingerprint
        marks = tailed.marks
        sums = tailed.sums
        self.file = file
        self.size = size
    }

    /// Of a file that an earlier run has read.
    init(_ record: FileRecord, _ file: OpenFile, size: UInt64) {
        fingerprint = record.fingerprint
        marks = record.marks
        sums = LineChecksums()
        self.file = file
        self.size = size
    }

    /// Where to go on reading; `nil`: at the beginning.
    ///
    /// Behind the last line that is still what it was, if the file is shorter and ends there, or if
    /// that is so much that the file can only have been cut. Else the same lines may have been
    /// written anew: better twice than lost.
    func place(_ buffer: UnsafeMutableRawBufferPointer) -> LineChecksums.LineStart? {
        if size == 0 { return nil }
        let common = common(buffer)
        if common.offset >= Self.certain { return common }
        let isCut =
            common.offset > 0 && size < fingerprint.offset && !hasLine(behind: common.offset)
        return isCut ? common : nil
    }

    /// Whether the file has no line but those that were read, as far as that is certain.
    func isAll(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        place(buffer).map { !hasLine(behind: $0.offset) } ?? false
    }

    /// Behind the last line that is known to be what it was; 0 if none is.
    private func common(_ buffer: UnsafeMutableRawBufferPointer) -> LineChecksums.LineStart {
        if let start = sums.start, start <= size, isMarked(upTo: start),
            let end = try? sums.common(with: file, buffer)
        {
            return end
        }
        // Marks are of some lines; another file may have the same ones at the same places.
        let isLike = fingerprint.beginsLike(file, size: size)
        let marked = isLike ? marks.common(with: file, size: size) : 0
        return LineChecksums.LineStart(offset: max(marked, begun))
    }

    /// Whether all marks up to a place are what they were.
    private func isMarked(upTo place: UInt64) -> Bool {
        var earlier = marks
        earlier.cut(to: place)
        return earlier.common(with: file, size: size) == (earlier.marks.last?.offset ?? 0)
    }

    /// Behind the last line of the first bytes, as many as there are hashes of.
    private var begun: UInt64 {
        let reached = min(size, fingerprint.offset)
        for (level, hash) in zip(FileFingerprint.levels, fingerprint.head).reversed()
        where UInt64(level) <= reached {
            guard let other = try? FileFingerprint(of: file, upTo: UInt64(level)),
                other.head[FileFingerprint.levels.firstIndex(of: level) ?? 0] == hash,
                let bytes = try? file.bytes(level, at: 0)
            else { continue }
            return bytes.lastIndex(of: 0x0A).map { UInt64($0) + 1 } ?? 0
        }
        return 0
    }

    /// Whether a line ends behind a place.
    private func hasLine(behind place: UInt64) -> Bool {
        guard let bytes = try? file.bytes(64 << 10, at: place) else { return true }
        return bytes.contains(0x0A)
    }
}
