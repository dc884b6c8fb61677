import TimeUnits

/// An iteration over the matches in one text.
@safe package struct Search {
    /// Bytes in which a match may begin before the time is checked.
    ///
    /// 512 positions of 20,000 steps of 2 ns each are 20 ms at the very worst.
    static let piece = 512

    private let matcher: Matcher
    private let text: UnsafeRawBufferPointer
    private var position = 0
    private var pieceEnd: Int
    private var isAfterEmpty = false
    private var budget: TimeBudget?

    /// Begins an iteration; the text must be valid UTF-8 and outlive it.
    package init(_ matcher: Matcher, in text: UnsafeRawBufferPointer) {
        self.matcher = matcher
        unsafe self.text = text
        let isWhole = text.count <= Self.piece || !matcher.pattern.program.isDivisible
        pieceEnd = isWhole ? text.count + 1 : 0
        if !isWhole { pieceEnd = boundary(Self.piece) }
    }

    /// Finds the next match; the matcher has its groups.
    package mutating func next() throws(PatternError) -> Range<Int>? {
        while unsafe position <= text.count {
            let limit = unsafe pieceEnd > text.count ? nil : pieceEnd
            let isFound = try unsafe matcher.find(
                in: text, from: position, before: limit, afterEmpty: isAfterEmpty)
            if isFound, let match = matcher[0], match.lowerBound >= position {
                isAfterEmpty = match.isEmpty
                position = match.upperBound
                if position >= pieceEnd { try beginPiece() }
                return match
            }
            guard limit != nil else { break }
            position = pieceEnd
            isAfterEmpty = false
            try beginPiece()
        }
        position = unsafe text.count + 1
        return nil
    }

    private mutating func beginPiece() throws(PatternError) {
        pieceEnd = boundary(position + Self.piece)
        if budget == nil { budget = TimeBudget() }
        if budget?.isOver() == true { throw unsafe matcher.tooHard(text, "time limit exceeded") }
    }

    /// Returns the first offset from here on where a character begins; past the end if there is
    /// none.
    private func boundary(_ location: Int) -> Int {
        var location = location
        while unsafe location < text.count, unsafe text[location] & 0xC0 == 0x80 { location += 1 }
        return unsafe location < text.count ? location : text.count + 1
    }
}

/// A limit on computing: 20 ms of the thread's own time.
private struct TimeBudget {
    private static let limit: Duration = .milliseconds(20)

    // The kernel's clock, because computing time is what the kernel counts.
    private let began = KernelClock.monotonic
    /// The thread's own time at which it was first read.
    private var computing: Duration?

    // The thread's own clock costs 430 ns. The monotonic one costs 23 but also counts pauses, so it
    // only decides when to read the other.
    mutating func isOver() -> Bool {
        if let computing { return KernelClock.threadTime - computing > Self.limit }
        if KernelClock.monotonic - began > Self.limit { computing = KernelClock.threadTime }
        return false
    }
}
