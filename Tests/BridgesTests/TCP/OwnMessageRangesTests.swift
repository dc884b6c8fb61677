import MessageBus
import Testing

@testable import Chat
@testable import TCPBridge

@Suite struct OwnMessageRangesTests {
    private var runs = OwnMessageRanges()

    private func run(
        _ start: TranscriptOffset, _ end: TranscriptOffset, lines: Int,
        _ numbers: ClosedRange<MessageNumber>
    ) -> Transcript.Run {
        Transcript.Run(connectionID: 1, start: start, end: end, lines: lines, numbers: numbers)
    }

    @Test mutating func `ranges that touch become one`() {
        runs.append(run(0, 10, lines: 1, 5...5))
        runs.append(run(10, 30, lines: 2, 7...8))
        runs.append(run(40, 50, lines: 1, 9...9))
        #expect(runs.count == 2 && runs.lines == 4)
        #expect(runs.contains(6) && runs.contains(9) && !runs.contains(10))
    }

    @Test mutating func `reading continues after a range that begins at its position`() {
        runs.append(run(10, 20, lines: 1, 1...1))
        runs.append(run(30, 40, lines: 1, 2...2))
        let before = runs.pass(at: 9)
        #expect(before == 9 && runs.nextStart == 10)
        let behind = runs.pass(at: 10)
        #expect(behind == 20 && runs.nextStart == 30)
    }

    @Test mutating func `skipping counts only the lines in front of the place`() {
        // Ten lines of ten bytes; the third to the sixth are its own.
        let transcript = Transcript(capacity: 64 << 10)
        for _ in 0..<10 {
            transcript.write(atMost: 10, lines: 1, connectionID: 0) { place in
                let line = UnsafeMutableRawBufferPointer(start: place, count: 10)
                line.copyBytes(from: Array("123456789\n".utf8))
                return 10
            }
        }
        runs.append(run(20, 60, lines: 4, 3...6))
        let skipped = runs.skip(to: (position: 40, line: 4), in: transcript)
        #expect(skipped == 2 && runs.lines == 2 && runs.nextStart == 40)
        let rest = runs.skip(to: (position: 80, line: 8), in: transcript)
        #expect(rest == 2 && runs.count == 0)
    }

    @Test mutating func `ranges that end before a place are removed`() {
        runs.append(run(0, 10, lines: 1, 1...1))
        runs.append(run(20, 30, lines: 1, 2...2))
        runs.forget(before: 10)
        #expect(runs.count == 1 && runs.nextStart == 20)
    }
}
