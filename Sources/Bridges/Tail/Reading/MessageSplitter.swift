import Chat
import Glibc
import MessageBus
import Patterns

/// The splitter of a file's bytes into messages: a line each, or several lines that belong
/// together.
///
/// It has no state: incomplete messages are left, and are read again. Owned by `FileReader`;
/// confined to the bridge's thread.
struct MessageSplitter {
    /// A message.
    @safe struct Piece {
        /// The text, without endings; several lines have an LF between them.
        ///
        /// Valid until the function returns.
        let text: UnsafeRawBufferPointer
        /// Its index in the bytes.
        let start: Int
        /// Bytes left out of it at the end, because a line is too long.
        let omitted: Int
    }

    /// The state of the end of the bytes.
    enum End {
        /// More may follow.
        case open
        /// No more follows the last whole line for the time being: its message is complete.
        case settled
        /// Nothing will follow: the half line at the end is a line, too.
        case final
    }

    /// Longest message in bytes.
    let maxMessageBytes: Int
    /// A pattern for lines that begin a message; `nil` if every line does.
    let start: Matcher?

    /// Calls a function with each message that is complete, as long as it returns true.
    ///
    /// - Parameters:
    ///   - isBeginning: whether the file begins here, perhaps with a byte order mark.
    ///   - ending: the byte that ends a line.
    /// - Returns: the number of bytes that are done with; the next call has to begin behind them.
    func cut(
        _ bytes: UnsafeRawBufferPointer, isBeginning: Bool = false, _ end: End = .open,
        ending: UInt8 = 0x0A, _ body: (Piece) -> Bool
    ) -> Int {
        let lines = unsafe Lines(bytes: bytes, isBeginning: isBeginning, end: end, ending: ending)
        return start == nil ? cutLines(lines, body) : cutGroups(lines, end, body)
    }

    /// The bytes to split, and the facts about them.
    @safe private struct Lines {
        let bytes: UnsafeRawBufferPointer
        let isBeginning: Bool
        let end: End
        let ending: UInt8
    }

    private func cutLines(_ lines: Lines, _ body: (Piece) -> Bool) -> Int {
        var done = 0
        while let (line, next) = line(lines, at: done) {
            if unsafe !line.text.isEmpty, !body(line) { break }
            done = next
        }
        return done
    }

    private func cutGroups(_ lines: Lines, _ end: End, _ body: (Piece) -> Bool) -> Int {
        var group = LineGroup()
        var place = 0
        while let (line, next) = line(lines, at: place) {
            if !group.isEmpty,
                unsafe begins(line.text) || !group.hasCapacity(for: line, atMost: maxMessageBytes)
            {
                guard group.flush(to: body) else { return group.start }
            }
            group.append(line)
            place = next
        }
        if group.isEmpty { return place }
        return end != .open && group.flush(to: body) ? place : group.start
    }

    /// The line that begins at a place, and where the next one does.
    private func line(_ lines: Lines, at place: Int) -> (Piece, next: Int)? {
        let bytes = unsafe lines.bytes
        guard place < bytes.count, let base = bytes.baseAddress else { return nil }
        let ending = unsafe memchr(base + place, Int32(lines.ending), bytes.count - place).map {
            unsafe UnsafeRawPointer($0) - base
        }
        guard let last = ending ?? (lines.end == .final ? bytes.count : nil) else { return nil }
        var range = place..<last
        if range.last.map({ unsafe bytes[$0] }) == 0x0D { range.removeLast() }
        if lines.isBeginning, place == 0, unsafe bytes[range].starts(with: [0xEF, 0xBB, 0xBF]) {
            range.removeFirst(3)
        }
        // A writer that goes on after a truncation leaves a hole of NULs. If a CR ends lines, the
        // LF of a CR LF may stand here.
        while let first = range.first, unsafe bytes[first] == 0 || bytes[first] == 0x0A {
            range.removeFirst(1)
        }
        var next = ending.map { $0 + 1 } ?? last
        if !range.isEmpty, let hole = unsafe memchr(base + range.lowerBound, 0, range.count) {
            // The text before the hole was cut off there and does not belong to the rest.
            let start = unsafe UnsafeRawPointer(hole) - base
            if let rest = unsafe bytes[start..<range.upperBound].firstIndex(where: { $0 != 0 }) {
                next = rest
            }
            range = range.lowerBound..<start
        }
        return unsafe (piece(bytes, range, start: place), next)
    }

    private func piece(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, start: Int
    ) -> Piece {
        let count =
            unsafe range.count > maxMessageBytes
            ? Self.wholeCharacters(bytes, range, maxMessageBytes) : range.count
        return unsafe Piece(
            text: UnsafeRawBufferPointer(rebasing: bytes[range.prefix(count)]), start: start,
            omitted: range.count - count)
    }

    /// Returns the number of bytes to keep so that no character is split.
    private static func wholeCharacters(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ most: Int
    ) -> Int {
        let end = range.lowerBound + most
        let lead = (max(range.lowerBound, end - 3)...end).last { unsafe bytes[$0] & 0xC0 != 0x80 }
        return (lead ?? end) - range.lowerBound
    }

    private func begins(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let start else { return true }
        do throws(PatternError) {
            if TextEncoding(text) == .valid { return try unsafe start.matches(text) }
            return try unsafe TextEncoding.repaired(text).withUnsafeBytes { bytes in
                Result { () throws(PatternError) in try unsafe start.matches(bytes) }
            }.get()
        } catch {
            // Too hard to tell: better a message too many than one that never ends.
            return true
        }
    }
}

extension Range<Int> {
    fileprivate mutating func removeLast() { self = lowerBound..<(upperBound - 1) }
    fileprivate mutating func removeFirst(_ count: Int) { self = (lowerBound + count)..<upperBound }
    fileprivate func prefix(_ count: Int) -> Range { lowerBound..<(lowerBound + count) }
}
