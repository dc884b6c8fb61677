/// The part of a file that has been read, and the search for the end of the present line.
///
/// Owned by its `TailedFile`; confined to the bridge's thread.
struct ReadState {
    /// The offset up to which the file has been read, and hashes that identify it.
    var fingerprint = FileFingerprint()
    /// Checksums at line ends along what has been read.
    private(set) var marks = FileMarks()
    /// Checksums of the last lines.
    private(set) var sums = LineChecksums()
    /// The first bytes as they were before anything was read.
    private(set) var firstBytes: [UInt8] = []
    /// Encoding and line endings.
    var form = FileFormat()
    /// The offset up to which the end of a line that is too long has been searched for; `nil`
    /// outside such a line.
    var searched: UInt64?
    /// A run of NULs found behind the offset.
    var nulRuns: NULRunSearch.Found?
    /// True while lines wait for more of the same message, until the file has been quiet for a
    /// while.
    var hasPending = false

    /// Creates the state of a file of which nothing has been read.
    init() {}

    /// Creates the state of a file that has been read up to an offset.
    init(_ fingerprint: FileFingerprint, _ marks: FileMarks = FileMarks()) {
        self.fingerprint = fingerprint
        self.marks = marks
    }

    /// The offset up to which the file has been read.
    var offset: UInt64 { fingerprint.offset }

    /// Advances the offset by bytes that were read.
    ///
    /// `bytes` begins with those just before the offset, as `fingerprint.back` has them.
    mutating func advance(over bytes: UnsafeRawBufferPointer, by count: Int) {
        let known = fingerprint.back.count
        let read = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<(known + count)])
        unsafe marks.append(read, known: known, at: offset)
        unsafe sums.append(UnsafeRawBufferPointer(rebasing: read[known...]), at: offset)
        unsafe fingerprint.advance(over: bytes, by: count)
    }

    /// Moves the offset back to the end of the read part that the file still has.
    mutating func resume(from fingerprint: FileFingerprint, at place: LineChecksums.LineStart) {
        self.fingerprint = fingerprint
        marks.cut(to: place.offset)
        if place.lines == nil { sums.forget(before: place.offset) } else { sums.cut(to: place) }
        searched = nil
        nulRuns = nil
        hasPending = false
    }

    // MARK: - Comparison with the file

    /// The state of a file of which nothing has been read, by comparison with its first bytes.
    enum Beginning {
        case same
        /// The bytes differ: it was truncated in between.
        case changed
        /// The file was empty, or nearly so, and was written to; its content may not be its first.
        case appeared
    }

    /// Stores the first bytes of a file of which nothing has been read, and compares them with
    /// those before.
    ///
    /// - Parameter isUnwritten: whether its time is that of the last comparison.
    mutating func compareFirstBytes(_ bytes: [UInt8], isUnwritten: Bool) -> Beginning {
        defer { firstBytes = bytes }
        guard bytes.starts(with: firstBytes) else { return .changed }
        // So few bytes may also begin the next file, just as an empty file may.
        let isCertain = firstBytes.count == FileFingerprint.backBytes
        let isUntouched = bytes.count == firstBytes.count && isUnwritten
        return isCertain || isUntouched ? .same : .appeared
    }

    /// Returns true if a file no longer has the bytes that were read or seen first.
    func isWrittenAnew(_ file: OpenFile) -> Bool {
        if offset > 0 { return !fingerprint.matches(file) }
        guard let bytes = try? file.bytes(firstBytes.count, at: 0) else { return false }
        return bytes != firstBytes
    }
}
