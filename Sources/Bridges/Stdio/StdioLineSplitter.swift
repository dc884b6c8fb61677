import Chat
import Glibc

/// A splitter of standard input into lines.
///
/// The beginning of a line that is too long is kept, with the same mark as in a line from a file.
///
/// LF ends a line. A CR in front of it is dropped, and so is a byte order mark at the beginning.
/// Owned by the task that reads, and by `StdioRemainder` between two runs.
struct StdioLineSplitter {
    /// Bytes of the longest line, without its ending and the mark.
    private let longest: Int
    private var pending: [UInt8] = []
    /// Bytes of the current line that were not kept.
    private var omitted = 0
    private var isBeginning = true
    private var lastByte: UInt8 = 0

    /// The byte order mark of UTF-8.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Makes a splitter at the beginning of a stream.
    init(longest: Int) { self.longest = longest }

    /// Splits bytes, and calls a function with each line that ends in them and whether it was cut.
    mutating func split(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Bool) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        var place = 0
        while let ending = unsafe memchr(base + place, 0x0A, bytes.count - place) {
            let end = unsafe UnsafeRawPointer(ending) - base
            let line = unsafe UnsafeRawBufferPointer(rebasing: bytes[place..<end])
            if pending.isEmpty, omitted == 0, line.count <= longest {
                unsafe emit(line, body)
            } else {
                unsafe hold(line)
                unsafe flush(body)
            }
            place = end + 1
        }
        unsafe hold(UnsafeRawBufferPointer(rebasing: bytes[place...]))
    }

    /// Ends the pending line, as at the end of the stream.
    mutating func flush(_ body: (UnsafeRawBufferPointer, Bool) -> Void) {
        var line = pending
        var omitted = omitted
        (pending, self.omitted) = ([], 0)
        if line.isEmpty, omitted == 0 { return }
        if isBeginning, line.starts(with: Self.mark) { line.removeFirst(Self.mark.count) }
        isBeginning = false
        // The ending does not count.
        if omitted > 0, lastByte == 0x0D {
            omitted -= 1
        } else if line.last == 0x0D {
            line.removeLast()
        }
        let end = Self.wholeCharacters(line, longest)
        omitted += line.count - end
        let note = omitted == 0 ? "" : " […+\(omitted) bytes]"
        unsafe (line[..<end] + note.utf8).withUnsafeBytes { unsafe body($0, omitted > 0) }
    }

    private mutating func hold(_ bytes: UnsafeRawBufferPointer) {
        let room = max(0, longest + Self.mark.count + 1 - pending.count)
        unsafe pending.append(contentsOf: bytes.prefix(room))
        omitted += max(0, bytes.count - room)
        lastByte = unsafe bytes.last ?? lastByte
    }

    private mutating func emit(
        _ line: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Bool) -> Void
    ) {
        var line = unsafe line
        if unsafe line.last == 0x0D {
            unsafe line = unsafe UnsafeRawBufferPointer(rebasing: line.dropLast())
        }
        if isBeginning, unsafe line.starts(with: Self.mark) {
            unsafe line = UnsafeRawBufferPointer(rebasing: line.dropFirst(Self.mark.count))
        }
        isBeginning = false
        unsafe body(line, false)
    }

    /// Returns how many bytes to keep so that no character is cut.
    private static func wholeCharacters(_ bytes: [UInt8], _ most: Int) -> Int {
        guard bytes.count > most else { return bytes.count }
        return (max(0, most - 3)...most).last { bytes[$0] & 0xC0 != 0x80 } ?? most
    }
}
