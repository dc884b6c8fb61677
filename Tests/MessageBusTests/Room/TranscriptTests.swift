import MessageBus
import TestSupport
import Testing

@Suite struct TranscriptTests {
    @Test func `its capacity is a power of two and at least 64 KiB`() {
        #expect(Transcript(capacity: 1).capacity == 65_536)
        #expect(Transcript(capacity: 65_537).capacity == 131_072)
        #expect(Transcript(capacity: 4 << 20).capacity == 4 << 20)
    }

    @Test(arguments: Seeded.some)
    func `what is kept is what was written last`(seed: UInt64) {
        var model = TranscriptModel(seed: seed)
        for _ in 0..<4_000 { model.write() }
        #expect(model.transcript.head.rawValue == UInt64(model.bytes.count))
        #expect(model.transcript.lines.rawValue == UInt64(model.starts.count))
        #expect(model.kept(from: model.transcript.tail) == model.bytes.suffix(65_536))
        for _ in 0..<100 {
            let start = model.randomPosition()
            #expect(model.kept(from: start) == model.bytes[start.index...])
        }
    }

    @Test(arguments: Seeded.some)
    func `the oldest line kept begins a line and knows its number`(seed: UInt64) {
        var model = TranscriptModel(seed: seed)
        for _ in 0..<4_000 {
            model.write()
            let oldest = model.transcript.oldestLine()
            // Not much is given away: a mark's distance and a line.
            guard oldest.position >= model.transcript.tail, oldest.line.index < model.starts.count,
                model.starts[oldest.line.index] == oldest.position,
                oldest.position - model.transcript.tail < 1_024 + 2 * 7_000
            else {
                Issue.record("\(oldest) is no line, or not the oldest")
                return
            }
        }
    }

    @Test(arguments: Seeded.some)
    func `each line kept knows its number and its end`(seed: UInt64) {
        var model = TranscriptModel(seed: seed)
        for round in 0..<400 {
            for _ in 0..<10 { model.write() }
            let transcript = model.transcript
            // Every other round nothing else has looked at the marks before.
            if round % 2 == 0 { _ = transcript.oldestLine() }
            for _ in 0..<20 {
                let line = Int.random(
                    in: model.firstKept..<model.starts.count, using: &model.random)
                let position = model.starts[line]
                let end = line + 1 < model.starts.count ? model.starts[line + 1] : transcript.head
                let inside = position + Int.random(in: 0..<(end - position), using: &model.random)
                guard transcript.line(at: position).index == line,
                    transcript.endOfLine(at: inside) == end,
                    transcript.line(at: transcript.head) == transcript.lines
                else {
                    Issue.record("line \(line) at \(position)")
                    return
                }
            }
        }
    }

    @Test(arguments: Seeded.some)
    func `runs say who brought what, in order, once`(seed: UInt64) {
        var model = TranscriptModel(seed: seed)
        for _ in 0..<300 {
            for _ in 0..<Int.random(in: 0...20, using: &model.random) { model.write() }
            var runs: [Transcript.Run] = []
            model.transcript.drainRuns { runs.append($0) }
            #expect(runs.map { "\($0)" } == model.runs.map { "\($0)" })
            model.runs = []
        }
    }

    @Test func `a line may be a quarter of the ring and lie around its end`() {
        let transcript = Transcript(capacity: 65_536)
        let line = [UInt8](repeating: 120, count: transcript.maxLineBytes - 1) + [10]
        for count in 1...9 {
            transcript.write(atMost: line.count, lines: 1, connectionID: 0) { place in
                UnsafeMutableRawBufferPointer(start: place, count: line.count).copyBytes(from: line)
                return line.count
            }
            transcript.write(atMost: 10, lines: 1, connectionID: 0) { place in
                place.storeBytes(of: 10, as: UInt8.self)
                return 1
            }
            let oldest = transcript.oldestLine()
            #expect(transcript.line(at: oldest.position) == oldest.line)
            #expect(transcript.lines.index == 2 * count)
        }
    }
}

/// A transcript and all that was ever written into it.
private struct TranscriptModel {
    var random: Seeded
    let transcript = Transcript(capacity: 65_536)
    var bytes: [UInt8] = []
    var starts: [TranscriptOffset] = []
    var runs: [Transcript.Run] = []

    init(seed: UInt64) { random = Seeded(seed) }

    /// The first line that is kept whole.
    var firstKept: Int { (starts.lastIndex { $0 < transcript.tail } ?? -1) + 1 }

    mutating func write() {
        let count = random.chance(3) ? 6_000 : Int.random(in: 0..<120, using: &random)
        let line = [UInt8](repeating: .random(in: 32..<127, using: &random), count: count) + [10]
        let connectionID: UInt32 = random.chance(50) ? 0 : UInt32.random(in: 1...3, using: &random)
        let start = transcript.head
        // Who writes may have reserved more than it uses.
        let reserved = line.count + Int.random(in: 0...100, using: &random)
        transcript.write(atMost: reserved, lines: 1, connectionID: connectionID) { place in
            UnsafeMutableRawBufferPointer(start: place, count: line.count).copyBytes(from: line)
            return line.count
        }
        starts.append(start)
        bytes += line
        note(connectionID, start, start + line.count)
    }

    private mutating func note(
        _ connectionID: UInt32, _ start: TranscriptOffset, _ end: TranscriptOffset
    ) {
        guard connectionID != 0 else { return }
        if let last = runs.indices.last, runs[last].connectionID == connectionID,
            runs[last].end == start
        {
            runs[last].end = end
            runs[last].lines += 1
        } else {
            runs.append(
                Transcript.Run(connectionID: connectionID, start: start, end: end, lines: 1))
        }
    }

    mutating func randomPosition() -> TranscriptOffset {
        let tail = transcript.tail
        return tail + Int.random(in: 0...(transcript.head - tail), using: &random)
    }

    func kept(from start: TranscriptOffset) -> ArraySlice<UInt8> {
        var result: [UInt8] = []
        var at = start
        while at < transcript.head {
            let span = transcript.span(from: at, to: transcript.head)
            result += Array(span)
            at += span.count
        }
        return result[...]
    }
}
