import Chat
import Glibc
import Sockets

/// A sum of each line that was read from a file, so that it can be told up to which line a file that
/// was cut is still the same.
///
/// Held in memory only, of the last lines of each file.
struct LineChecksums {
    /// One of each line, in their order.
    private var sums: [UInt32] = []
    /// Where every 256th line begins, the first included.
    private var anchors: [UInt64] = []
    /// Where the next line begins.
    private var end: UInt64 = 0

    /// Lines of one file at most: 256 KiB of memory, for those that say as much.
    private static let bound = 65_536

    /// Where a line begins, and how many there are before that, if that is known.
    struct LineStart {
        let offset: UInt64
        var lines: Int?
    }
    private static let step = 256

    /// How many lines there are sums of.
    var count: Int { sums.count }

    /// Where the first line begins that there is a sum of.
    var start: UInt64? { anchors.first }

    /// Adds the lines in bytes that stand at a place in the file; what comes before is not known if
    /// they don't follow what was added last.
    mutating func add(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {
        if offset != end || anchors.isEmpty { forget(before: offset) }
        guard let base = bytes.baseAddress else { return }
        var place = 0
        while place < bytes.count,
            let ending = memchr(base + place, 0x0A, bytes.count - place)
        {
            let next = UnsafeRawPointer(ending) - base + 1
            if sums.count % Self.step == 0 { anchors.append(offset + UInt64(place)) }
            sums.append(Self.sum(base + place, next - place))
            place = next
        }
        end = offset + UInt64(place)
        if sums.count > Self.bound { shorten() }
    }

    /// Forgets all but the first lines, and goes on where they end.
    mutating func cut(to place: LineStart) {
        guard let lines = place.lines, lines < sums.count else { return }
        sums.removeLast(sums.count - lines)
        anchors.removeLast(anchors.count - (lines + Self.step - 1) / Self.step)
        end = place.offset
    }

    /// Forgets the older half.
    mutating func shorten() {
        let kept = anchors.count / 2
        if kept == 0 { return forget(before: end) }
        sums.removeFirst((anchors.count - kept) * Self.step)
        anchors.removeFirst(anchors.count - kept)
    }

    /// Forgets all, and goes on at a place.
    mutating func forget(before offset: UInt64) {
        sums = []
        anchors = []
        end = offset
    }

    /// Where the first line begins that is not in the file any more as it was read, or the end of
    /// them; `nil` if nothing is known.
    ///
    /// - Parameter buffer: memory to read into.
    func common(
        with file: OpenFile, _ buffer: UnsafeMutableRawBufferPointer
    ) throws(SocketError) -> LineStart? {
        guard var place = start else { return nil }
        var index = 0
        while index < sums.count {
            let count = try file.read(into: buffer, at: place)
            guard let base = UnsafeRawPointer(buffer.baseAddress) else { return nil }
            var line = 0
            while index < sums.count, let ending = memchr(base + line, 0x0A, count - line) {
                let next = UnsafeRawPointer(ending) - base + 1
                if Self.sum(base + line, next - line) != sums[index] {
                    return LineStart(offset: place + UInt64(line), lines: index)
                }
                index += 1
                line = next
            }
            // Nothing more, or a line longer than all memory.
            if line == 0 { break }
            place += UInt64(line)
        }
        return LineStart(offset: place, lines: index)
    }

    /// A sum of bytes, eight at a time: whoever can write the file gains nothing by a collision.
    static func sum(_ start: UnsafeRawPointer, _ count: Int) -> UInt32 {
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var sum = UInt64(truncatingIfNeeded: count) &* factor
        var place = 0
        while place + 8 <= count {
            sum = (sum ^ start.loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* factor
            sum ^= sum >> 29
            place += 8
        }
        while place < count {
            sum = (sum ^ UInt64(start.load(fromByteOffset: place, as: UInt8.self))) &* factor
            sum ^= sum >> 31
            place += 1
        }
        return UInt32(truncatingIfNeeded: sum ^ (sum >> 32))
    }
}
