import Chat
import MessageBus

/// Answers to one connection that are not due yet: each has its place among the room's lines.
///
/// Confined to the bus's loop.
struct PendingAnswers {
    private struct Mark {
        let position: TranscriptOffset
        /// Where the bytes end that belong there.
        var end: Int
        /// What follows the bytes.
        var list: (any AnswerList)?
    }

    private var bytes: [UInt8] = []
    private var marks: [Mark] = []
    /// How much of both is taken already.
    private var taken = 0
    private var firstMark = 0

    /// Bytes that wait.
    var byteCount: Int { bytes.count - taken }
    /// Bytes that are kept, taken or not.
    var keptBytes: Int { bytes.count }
    /// Places where some wait.
    var placeCount: Int { marks.count - firstMark }
    /// Whether none wait.
    var isEmpty: Bool { placeCount == 0 }
    /// The place of the next ones.
    var nextPlace: TranscriptOffset? { isEmpty ? nil : marks[firstMark].position }

    /// Whether some belong in front of what stands at a place.
    func areDue(at position: TranscriptOffset) -> Bool { nextPlace.map { $0 <= position } ?? false }

    /// Adds one at a place, which is not before that of the last one.
    mutating func append(_ answer: [UInt8], at position: TranscriptOffset) {
        bytes.append(contentsOf: answer)
        if !isEmpty, let last = marks.last, last.position == position, last.list == nil {
            marks.removeLast()
        }
        marks.append(Mark(position: position, end: bytes.count))
    }

    /// Adds a list at a place, which is not before that of the last answer.
    mutating func append(_ list: any AnswerList, at position: TranscriptOffset) {
        append([], at: position)
        marks[marks.count - 1].list = list
    }

    /// Hands those over that are due at a place; false if none are.
    mutating func take(dueAt position: TranscriptOffset, into due: inout OutputQueue) -> Bool {
        guard areDue(at: position) else { return false }
        while areDue(at: position) {
            let mark = marks[firstMark]
            due.append(bytes[taken..<mark.end])
            if let list = mark.list { due.append(list) }
            taken = mark.end
            firstMark += 1
        }
        if isEmpty {
            bytes.removeAll(keepingCapacity: bytes.count <= 4_096)
            marks.removeAll(keepingCapacity: marks.count <= 64)
            (taken, firstMark) = (0, 0)
        } else if taken > 16 << 10, taken > bytes.count / 2 {
            forgetTaken()
        }
        return true
    }

    /// Who always lags a little and always asks for more never has all its answers taken.
    private mutating func forgetTaken() {
        bytes.removeFirst(taken)
        marks.removeFirst(firstMark)
        for index in marks.indices { marks[index].end -= taken }
        (taken, firstMark) = (0, 0)
    }
}
