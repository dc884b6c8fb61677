import Chat
import Sockets

/// The part of the bytes read that a file still has after it was cut or rewritten.
struct Remainder {
    private let fingerprint: FileFingerprint
    private let marks: FileMarks
    private let sums: LineChecksums
    private let file: OpenFile
    private let size: UInt64

    /// The number of unchanged bytes from which a file counts as cut and not as rewritten with the
    /// same beginning: no header is as long.
    private static let certain: UInt64 = 1_024

    /// Creates the remainder of a tailed file.
    init(_ tailed: TailedFile, _ file: OpenFile, size: UInt64) {
        fingerprint = tailed.reading.fingerprint
        marks = tailed.reading.marks
        sums = tailed.reading.sums
        self.file = file
        self.size = size
    }

    /// Creates the remainder of a file that an earlier run has read.
    init(_ record: FileRecord, _ file: OpenFile, size: UInt64) {
        fingerprint = record.fingerprint
        marks = record.marks
        sums = LineChecksums()
        self.file = file
        self.size = size
    }

    /// Returns the offset at which to continue; `nil` for the beginning.
    ///
    /// That is after the last unchanged line, if the file is shorter and ends there, or if so much
    /// is unchanged that the file can only have been cut. Otherwise the same lines may have been
    /// written again: reading them twice is better than losing them.
    func place(_ buffer: UnsafeMutableRawBufferPointer) -> LineChecksums.LineStart? {
        if size == 0 { return nil }
        let common = unsafe common(buffer)
        if common.offset >= Self.certain { return common }
        let isCut =
            common.offset > 0 && size < fingerprint.offset && !hasLine(behind: common.offset)
        return isCut ? common : nil
    }

    /// Returns true if the file certainly has only lines that were read.
    func isAll(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        unsafe place(buffer).map { !hasLine(behind: $0.offset) } ?? false
    }

    /// Returns the end of the last line known to be unchanged; 0 if there is none.
    private func common(_ buffer: UnsafeMutableRawBufferPointer) -> LineChecksums.LineStart {
        if let start = sums.start, start <= size, isMarked(upTo: start),
            let end = try? unsafe sums.common(with: file, buffer)
        {
            return end
        }
        // Marks cover only some lines; another file may have the same ones at the same offsets.
        let isLike = fingerprint.beginsLike(file, size: size)
        let marked = isLike ? marks.common(with: file, size: size) : 0
        return LineChecksums.LineStart(offset: max(marked, begun))
    }

    /// Returns true if all marks up to an offset are unchanged.
    private func isMarked(upTo place: UInt64) -> Bool {
        var earlier = marks
        earlier.cut(to: place)
        return earlier.common(with: file, size: size) == (earlier.marks.last?.offset ?? 0)
    }

    /// The end of the last line in the longest unchanged beginning that has a hash.
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

    /// Returns true if a line ends behind an offset.
    private func hasLine(behind place: UInt64) -> Bool {
        guard let bytes = try? file.bytes(64 << 10, at: place) else { return true }
        return bytes.contains(0x0A)
    }
}
