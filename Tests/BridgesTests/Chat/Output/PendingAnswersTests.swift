import MessageBus
import Testing

@testable import Chat

@Suite struct PendingAnswersTests {
    private var answers = PendingAnswers()
    private var due = OutputQueue()

    @Test mutating func `an answer is due at its place and not before`() {
        answers.append([1], at: 10)
        let isEarly = answers.moveDue(at: 9, into: &due)
        #expect(!isEarly && due.isEmpty && answers.nextPlace == 10)
        let isDue = answers.moveDue(at: 10, into: &due)
        #expect(isDue && due.waitingCount == 1)
        #expect(answers.isEmpty && answers.byteCount == 0 && answers.nextPlace == nil)
    }

    @Test mutating func `answers at one place count as one place`() {
        answers.append([1], at: 10)
        answers.append([2, 3], at: 10)
        answers.append([4], at: 11)
        #expect(answers.placeCount == 2 && answers.byteCount == 4)
        _ = answers.moveDue(at: 10, into: &due)
        #expect(answers.placeCount == 1 && answers.byteCount == 1 && due.waitingCount == 3)
    }

    @Test mutating func `all that are due come at once`() {
        for place in 1...5 {
            answers.append([UInt8(place)], at: TranscriptOffset(rawValue: UInt64(place)))
        }
        _ = answers.moveDue(at: 4, into: &due)
        #expect(due.waitingCount == 4 && answers.nextPlace == 5)
    }

    @Test mutating func `memory of taken answers is freed although there are always more`() {
        let answer = [UInt8](repeating: 7, count: 1_000)
        answers.append([1], at: 0)
        for place in 1..<10_000 {
            answers.append(answer, at: TranscriptOffset(rawValue: UInt64(place)))
            due = OutputQueue()
            _ = answers.moveDue(at: TranscriptOffset(rawValue: UInt64(place - 1)), into: &due)
            #expect(due.waitingCount == (place == 1 ? 1 : 1_000) && answers.byteCount == 1_000)
            let kept = answers.bytes.count
            if kept > 40_000 { Issue.record("\(kept) at \(place)") }
        }
    }

    @Test mutating func `an answer without bytes takes no place for ever`() {
        answers.append([], at: 3)
        let isDue = answers.moveDue(at: 3, into: &due)
        #expect(isDue && due.isEmpty && answers.isEmpty)
    }

    @Test mutating func `lines from the store do not count as pending answers`() {
        due.append(stored: [])
        due.append([1, 2])
        #expect(due.waitingCount == 2)
        due.append(stored: [3])
        #expect(due.waitingCount == 0 && !due.isEmpty)
    }
}
