import MessageBus

/// The answers to one connection whose place among the room's lines is not reached yet.
///
/// Owned by the output of a connection; confined to the bus's loop.
struct PendingAnswers {
    private struct Mark {
        let position: TranscriptOffset
        /// The end of the bytes that belong there.
        var end: Int
        /// The list that follows the bytes.
        var list: (any AnswerList)?
    }

    private(set) var bytes: [UInt8] = []
    private var marks: [Mark] = []
    /// Bytes at the front that were consumed already; `firstMark` counts the places.
    private var consumed = 0
    private var firstMark = 0

    /// Bytes of pending answers.
    var byteCount: Int { bytes.count - consumed }
    /// Places with pending answers.
    var placeCount: Int { marks.count - firstMark }
    /// True if no answers are pending.
    var isEmpty: Bool { placeCount == 0 }
    /// The place of the next answers.
    var nextPlace: TranscriptOffset? { isEmpty ? nil : marks[firstMark].position }

    /// Returns whether answers are due before what stands at a position.
    func areDue(at position: TranscriptOffset) -> Bool { nextPlace.map { $0 <= position } ?? false }

    /// Appends an answer at a place, not before that of the last answer.
    mutating func append(_ answer: [UInt8], at position: TranscriptOffset) {
        bytes.append(contentsOf: answer)
        if !isEmpty, let last = marks.last, last.position == position, last.list == nil {
            marks.removeLast()
        }
        marks.append(Mark(position: position, end: bytes.count))
    }

    /// Appends a list at a place, not before that of the last answer.
    mutating func append(_ list: any AnswerList, at position: TranscriptOffset) {
        append([], at: position)
        marks[marks.count - 1].list = list
    }

    /// Moves the answers that are due at a position into the queue; returns whether there were any.
    mutating func moveDue(at position: TranscriptOffset, into due: inout OutputQueue) -> Bool {
        guard areDue(at: position) else { return false }
        while areDue(at: position) {
            let mark = marks[firstMark]
            due.append(bytes[consumed..<mark.end])
            if let list = mark.list { due.append(list) }
            consumed = mark.end
            firstMark += 1
        }
        if isEmpty {
            bytes.removeAll(keepingCapacity: bytes.count <= 4_096)
            marks.removeAll(keepingCapacity: marks.count <= 64)
            (consumed, firstMark) = (0, 0)
        } else if consumed > 16 << 10, consumed > bytes.count / 2 {
            forgetTaken()
        }
        return true
    }

    /// Removes what was consumed: a client that always lags a little, and always asks for more,
    /// never has all its answers sent.
    private mutating func forgetTaken() {
        bytes.removeFirst(consumed)
        marks.removeFirst(firstMark)
        for index in marks.indices { marks[index].end -= consumed }
        (consumed, firstMark) = (0, 0)
    }
}
