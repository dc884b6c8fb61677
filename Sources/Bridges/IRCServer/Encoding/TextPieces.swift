/// The pieces of a text that fit into lines of IRC, never cut inside a character.
///
/// Valid as long as the text's bytes are.
@safe struct TextPieces {
    /// One piece.
    struct Piece {
        /// The range in the text.
        let range: Range<Int>
        /// True if the piece continues the line of the text that the previous one began.
        let isContinuation: Bool
    }

    private let text: UnsafeRawBufferPointer
    /// Places inside lines at which the text is to be cut in any case, rising.
    private let cuts: [Int]
    private var start = 0
    private var isContinuation = false
    private var isAtEnd = false
    private var nextCut = 0

    /// Begins at the beginning of a text.
    init(of text: UnsafeRawBufferPointer, cuts: [Int] = []) {
        unsafe self.text = text
        self.cuts = cuts
    }

    /// Returns the next piece of so many bytes at most; `nil` at the end.
    mutating func next(within budget: Int) -> Piece? {
        if isAtEnd { return nil }
        let lineEnd = endOfLine(from: start)
        while nextCut < cuts.count, cuts[nextCut] <= start { nextCut += 1 }
        var end = lineEnd
        if nextCut < cuts.count { end = min(end, cuts[nextCut]) }
        if end - start > max(4, budget) {
            end = start + max(4, budget)
            while end > start + 1, unsafe text[end] & 0xC0 == 0x80 { end -= 1 }
        }
        let piece = Piece(range: start..<end, isContinuation: isContinuation)
        isContinuation = end < lineEnd
        if isContinuation {
            start = end
        } else if unsafe lineEnd < text.count {
            start = lineEnd + 1
        } else {
            isAtEnd = true
        }
        return piece
    }

    private func endOfLine(from start: Int) -> Int {
        var end = start
        while unsafe end < text.count, unsafe text[end] != 0x0A { end += 1 }
        return end
    }
}
