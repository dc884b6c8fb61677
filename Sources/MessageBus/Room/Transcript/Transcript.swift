import Glibc

/// A room's recent messages as bytes, encoded once for all who read that form.
///
/// A ring: positions count bytes from the beginning of the room and never wrap, the bytes of the
/// last `capacity` positions are kept. Every reader is a position in it. Confined to the bus's
/// loop.
@safe package final class Transcript {
    /// A stretch of the transcript that one connection brought itself.
    package struct Run {
        package let connectionID: UInt32
        package let start: TranscriptOffset
        package var end: TranscriptOffset
        /// Number of lines in it.
        package var lines: Int
        /// The range of its messages' numbers; messages of the room in between are included.
        package var numbers: ClosedRange<MessageNumber>

        package init(
            connectionID: UInt32, start: TranscriptOffset, end: TranscriptOffset, lines: Int,
            numbers: ClosedRange<MessageNumber> = 0...0
        ) {
            self.connectionID = connectionID
            self.start = start
            self.end = end
            self.lines = lines
            self.numbers = numbers
        }
    }

    /// A remembered place between two messages.
    package struct Mark {
        package var position: TranscriptOffset
        package var line: TranscriptLine
        /// The number of the last message in front of it.
        package var number: MessageNumber
    }

    /// Number of bytes kept.
    ///
    /// A power of two.
    package let capacity: Int
    /// The form in which its lines follow one another.
    package let framing: TranscriptFraming
    private let memory: UnsafeMutableRawPointer
    private let owner: Confinement
    // Unchecked here and below: used for each line, and a check of exclusive access at run time
    // takes longer than the access (17 ns instead of 3 ns for a call that adds to an integer;
    // swiftc -O). Safe all the same: nothing that runs during an access makes another one.
    @safe @exclusivity(unchecked) private var side: [UInt8] = []
    /// The position after the newest byte.
    @safe @exclusivity(unchecked) package private(set) var head: TranscriptOffset = 0
    /// Lines written since the beginning.
    @safe @exclusivity(unchecked) package private(set) var lines: TranscriptLine = 0
    /// Lines that only continue a message, since the beginning.
    @safe @exclusivity(unchecked) package private(set) var continuations = 0
    /// The stretches written since `drainRuns`, by the connection that brought them.
    @safe @exclusivity(unchecked) private var runs: [Run] = []
    /// One about every `markDistance` bytes, so that a reader that fell behind finds the oldest
    /// message kept and how many lines it missed.
    @safe @exclusivity(unchecked) private var marks = [Mark(position: 0, line: 0, number: 0)]
    @safe @exclusivity(unchecked) private var firstMark = 0
    private let markDistance: Int
    /// The number of the message whose lines are being written; to be set before its lines are.
    @safe @exclusivity(unchecked) package var number: MessageNumber = 0
    /// The first of the messages that are written at once, up to `number`.
    @safe @exclusivity(unchecked) package var firstNumber: MessageNumber = 0
    /// True if the line that is written is followed by another one of the same message.
    @safe @exclusivity(unchecked) package var isInMessage = false

    /// Returns the size of a transcript for a capacity: a power of two, at least 64 KiB.
    package static func size(for capacity: Int) -> Int {
        var size = 64 << 10
        while size < capacity, size < 1 << 62 { size *= 2 }
        return size
    }

    /// Makes an empty transcript.
    ///
    /// - Parameters:
    ///   - capacity: bytes to keep; rounded up by `size(for:)`.
    ///   - framing: the form of what is written.
    package init(
        capacity: Int, framing: TranscriptFraming = .lines, owner: Confinement = Confinement()
    ) {
        self.owner = owner
        self.framing = framing
        let size = Self.size(for: capacity)
        self.capacity = size
        markDistance = max(1_024, size / 1_024)
        // Untouched pages cost nothing, so a quiet room's ring is small.
        unsafe memory = .allocate(byteCount: size, alignment: 4_096)
    }

    deinit { unsafe memory.deallocate() }

    /// The longest line it takes, ending included.
    package var maxLineBytes: Int { capacity / 4 }

    /// The oldest position whose bytes are still there.
    package var tail: TranscriptOffset {
        head > TranscriptOffset(rawValue: UInt64(capacity)) ? head - capacity : 0
    }

    /// Returns the place of an offset in the ring.
    @inline(__always)
    private func index(of offset: TranscriptOffset) -> Int {
        Int(truncatingIfNeeded: offset.rawValue) & (capacity - 1)
    }

    /// Returns the bytes from one position up to another, or as many of them as lie in a row: a
    /// span that wraps takes two calls.
    ///
    /// Valid until the next line is written.
    package func span(
        from start: TranscriptOffset, to end: TranscriptOffset
    ) -> UnsafeRawBufferPointer {
        owner.assertOwned()
        let offset = index(of: start)
        return unsafe UnsafeRawBufferPointer(
            start: memory + offset, count: min(end - start, capacity - offset))
    }

    /// Writes whole lines: the function fills the memory that it is given and returns the number of
    /// bytes used.
    ///
    /// - Parameters:
    ///   - bytes: room to reserve, at most `maxLineBytes`.
    ///   - count: the number of lines.
    ///   - connectionID: the connection that brought them, or 0.
    @inline(__always)
    package func write(
        atMost bytes: Int, lines count: Int, connectionID: UInt32,
        _ fill: (UnsafeMutableRawPointer) -> Int
    ) {
        precondition(bytes <= capacity / 2, "callers cut what is longer than maxLineBytes")
        let offset = index(of: head)
        if offset + bytes <= capacity {
            unsafe recordRun(fill(memory + offset), lines: count, connectionID: connectionID)
        } else {
            unsafe writeAround(
                offset, atMost: bytes, lines: count, connectionID: connectionID, fill)
        }
    }

    private func writeAround(
        _ offset: Int, atMost bytes: Int, lines count: Int, connectionID: UInt32,
        _ fill: (UnsafeMutableRawPointer) -> Int
    ) {
        if side.count < bytes { side = [UInt8](repeating: 0, count: bytes) }
        let used = unsafe side.withUnsafeMutableBytes { side in
            guard let start = side.baseAddress else { return 0 }
            let used = unsafe fill(start)
            let first = min(used, capacity - offset)
            unsafe (memory + offset).copyMemory(from: start, byteCount: first)
            unsafe memory.copyMemory(from: start + first, byteCount: used - first)
            return used
        }
        recordRun(used, lines: count, connectionID: connectionID)
    }

    @inline(__always)
    private func recordRun(_ bytes: Int, lines count: Int, connectionID: UInt32) {
        let start = head
        head += bytes
        lines += count
        if connectionID != 0 {
            if let last = runs.indices.last, runs[last].connectionID == connectionID,
                runs[last].end == start
            {
                runs[last].end = head
                runs[last].lines += count
                runs[last].numbers = runs[last].numbers.lowerBound...number
            } else {
                runs.append(
                    Run(
                        connectionID: connectionID, start: start, end: head, lines: count,
                        numbers: min(firstNumber, number)...number))
            }
        }
        if head - marks[marks.count - 1].position >= markDistance, !isInMessage { mark() }
    }

    /// Records that the line that is written next continues a message.
    package func recordContinuation() { continuations += 1 }

    private func mark() {
        marks.append(Mark(position: head, line: lines, number: number))
        passLostMarks()
        if firstMark > 1_024 {
            // Keep the newest overwritten mark: a reader may stand just behind it.
            marks.removeFirst(firstMark - 1)
            firstMark = 1
        }
    }

    /// Records that messages up to a number are written, or are not because nobody reads, and
    /// remembers the present end: a reader that comes from the store can go on there.
    package func pass(through number: MessageNumber) {
        owner.assertOwned()
        self.number = number
        if let last = marks.last, last.position == head {
            marks[marks.count - 1].number = number
        } else {
            mark()
        }
    }

    /// Returns the newest mark at or before a position, or `nil` if no such mark is kept.
    package func mark(before position: TranscriptOffset) -> Mark? {
        mark(where: { $0.position <= position }, from: max(0, firstMark - 1))
    }

    /// Returns the newest mark whose bytes are all kept and after which all numbers are greater
    /// than this one, or `nil` if the bytes kept begin later.
    package func mark(upTo number: MessageNumber) -> Mark? {
        passLostMarks()
        guard marks[firstMark].position >= tail else { return nil }
        return mark(where: { $0.number <= number }, from: firstMark)
    }

    /// Returns the newest mark, from a place on, that meets a condition, which all marks before it
    /// meet.
    private func mark(where holds: (Mark) -> Bool, from first: Int) -> Mark? {
        guard holds(marks[first]) else { return nil }
        var (low, high) = (first, marks.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if holds(marks[middle]) { low = middle } else { high = middle }
        }
        return marks[low]
    }

    /// Removes marks whose bytes have been written over.
    private func passLostMarks() {
        while firstMark < marks.count - 1, marks[firstMark].position < tail { firstMark += 1 }
    }

    /// Calls a function for each stretch written since the last call, and removes them.
    package func drainRuns(_ body: (Run) -> Void) {
        owner.assertOwned()
        for run in runs { body(run) }
        runs.removeAll(keepingCapacity: true)
    }

    /// Returns the oldest position at which a line begins whose bytes are all there, with the
    /// line's number.
    package func oldestLine() -> (position: TranscriptOffset, line: TranscriptLine) {
        passLostMarks()
        let mark = marks[firstMark]
        return mark.position >= tail ? (mark.position, mark.line) : (head, lines)
    }

    /// Returns the position at which a line begins; the oldest position kept if that is later.
    package func place(ofLine line: TranscriptLine) -> (
        position: TranscriptOffset, line: TranscriptLine
    ) {
        let oldest = oldestLine()
        guard line > oldest.line, line <= lines,
            let mark = mark(where: { $0.line <= line }, from: firstMark)
        else { return oldest }
        return (position(behind: mark, lines: line - mark.line), line)
    }

    /// Returns the position that is a number of lines after a mark, which must be kept.
    package func position(behind mark: Mark, lines count: Int) -> TranscriptOffset {
        var at = mark.position
        for _ in 0..<count { at = endOfLine(at: at) }
        return at
    }

    /// Returns the number of lines in front of a position, which must be at a line's beginning and
    /// kept.
    package func line(at position: TranscriptOffset) -> TranscriptLine {
        if position == head { return lines }
        passLostMarks()
        var low = firstMark
        var high = marks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if marks[middle].position <= position { low = middle } else { high = middle }
        }
        let mark = marks[low]
        // Lines in front of the oldest mark kept can only be counted backwards from it.
        return position < mark.position
            ? mark.line - lineEndings(from: position, to: mark.position)
            : mark.line + lineEndings(from: mark.position, to: position)
    }
}
