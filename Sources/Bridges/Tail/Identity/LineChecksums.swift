import Chat
import Glibc
import Sockets

/// A checksum of each of the last lines read from a file.
///
/// They show up to which line a file that was cut is unchanged.
///
/// Held in memory only. Owned by its `TailedFile`; confined to the bridge's thread.
struct LineChecksums {
    /// A checksum per line, in order.
    private var sums: [UInt32] = []
    /// The offset of every 256th line, beginning with the first.
    private var anchors: [UInt64] = []
    /// The offset of the next line.
    private var end: UInt64 = 0

    /// The largest number of lines of a file: 256 KiB of memory for a busy one.
    private static let bound = 65_536

    /// The offset of a line and, if known, its index among the lines that have a checksum.
    struct LineStart {
        let offset: UInt64
        var lines: Int?
    }
    /// Lines from one anchor to the next.
    private static let step = 256

    /// The number of lines with a checksum.
    var count: Int { sums.count }

    /// The offset of the first line with a checksum.
    var start: UInt64? { anchors.first }

    /// Adds the lines in bytes at an offset.
    ///
    /// If they do not follow the last ones, the earlier checksums are dropped.
    mutating func append(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {
        if offset != end || anchors.isEmpty { forget(before: offset) }
        guard let base = bytes.baseAddress else { return }
        var place = 0
        while place < bytes.count,
            let ending = unsafe memchr(base + place, 0x0A, bytes.count - place)
        {
            let next = unsafe UnsafeRawPointer(ending) - base + 1
            if sums.count % Self.step == 0 { anchors.append(offset + UInt64(place)) }
            unsafe sums.append(Checksum.of(base + place, next - place))
            place = next
        }
        end = offset + UInt64(place)
        if sums.count > Self.bound { shorten() }
    }

    /// Removes the checksums of a line and of all lines after it.
    mutating func cut(to place: LineStart) {
        guard let lines = place.lines, lines < sums.count else { return }
        sums.removeLast(sums.count - lines)
        anchors.removeLast(anchors.count - (lines + Self.step - 1) / Self.step)
        end = place.offset
    }

    /// Removes the older half.
    private mutating func shorten() {
        let kept = anchors.count / 2
        if kept == 0 { return forget(before: end) }
        sums.removeFirst((anchors.count - kept) * Self.step)
        anchors.removeFirst(anchors.count - kept)
    }

    /// Removes all checksums and continues at an offset.
    mutating func forget(before offset: UInt64) {
        sums = []
        anchors = []
        end = offset
    }

    /// Returns the start of the first line that has changed in the file, or the end of the last
    /// line if none has; `nil` if there are no checksums.
    ///
    /// - Parameter buffer: memory to read into.
    func common(
        with file: OpenFile, _ buffer: UnsafeMutableRawBufferPointer
    ) throws(SocketError) -> LineStart? {
        guard var place = start else { return nil }
        var index = 0
        while index < sums.count {
            let count = try unsafe file.read(into: buffer, at: place)
            guard let base = UnsafeRawPointer(buffer.baseAddress) else { return nil }
            var line = 0
            while index < sums.count, let ending = unsafe memchr(base + line, 0x0A, count - line) {
                let next = unsafe UnsafeRawPointer(ending) - base + 1
                if unsafe Checksum.of(base + line, next - line) != sums[index] {
                    return LineStart(offset: place + UInt64(line), lines: index)
                }
                index += 1
                line = next
            }
            // The end, or a line longer than the buffer.
            if line == 0 { break }
            place += UInt64(line)
        }
        return LineStart(offset: place, lines: index)
    }
}
