import TestSupport
import Testing

@testable import MessageBus

@Suite struct TranscriptFramingTests {
    private static let framings: [TranscriptFraming] = [.lines, .webSocketFrames, .blocks]

    @Test(arguments: framings, Seeded.some)
    func `each unit that is kept is found`(framing: TranscriptFraming, seed: UInt64) {
        var random = Seeded(seed)
        let transcript = Transcript(capacity: 65_536, framing: framing)
        var starts: [TranscriptOffset] = [0]
        for _ in 0..<600 {
            let unit = Self.unit(framing, &random)
            transcript.write(
                atMost: unit.count + Int.random(in: 0...50, using: &random), lines: 1,
                connectionID: 0
            ) { place in
                UnsafeMutableRawBufferPointer(start: place, count: unit.count).copyBytes(from: unit)
                return unit.count
            }
            starts.append(transcript.head)
            let first = starts.firstIndex { $0 >= transcript.tail } ?? 0
            let unitIndex = Int.random(in: first..<starts.count, using: &random)
            let position = starts[unitIndex]
            #expect(transcript.line(at: position).rawValue == UInt64(unitIndex))
            guard unitIndex + 1 < starts.count else { continue }
            let end = starts[unitIndex + 1]
            #expect(transcript.endOfLine(at: position) == end)
            let inside = position + Int.random(in: 1...(end - position), using: &random)
            let from = starts[Int.random(in: first...unitIndex, using: &random)]
            #expect(transcript.boundary(atOrAfter: inside, from: from) == end)
            #expect(transcript.boundary(atOrAfter: position, from: from) == position)
            let place = transcript.place(ofLine: TranscriptLine(rawValue: UInt64(unitIndex)))
            let oldest = transcript.oldestLine()
            #expect(place.position == max(position, oldest.position))
        }
    }

    private static func unit(_ framing: TranscriptFraming, _ random: inout Seeded) -> [UInt8] {
        let count =
            random.chance(3)
            ? Int.random(in: 6_000...9_000, using: &random) : .random(in: 0..<300, using: &random)
        // Bytes of other forms' endings must not count.
        let text = (0..<count).map { _ in UInt8.random(in: 65...90, using: &random) }
        switch framing {
        case .lines: return text + [10]
        case .blocks: return Array("id: 1\ndata: ".utf8) + text + [10, 10]
        case .webSocketFrames:
            let header: [UInt8] =
                count < 126
                ? [0x81, UInt8(count)] : [0x81, 126, UInt8(count >> 8), UInt8(count & 255)]
            return header + text.map { $0 & 1 == 0 ? 10 : $0 }
        }
    }

    @Test func `a frame that needs eight bytes for its length is one unit`() {
        let transcript = Transcript(capacity: 1 << 20, framing: .webSocketFrames)
        let count = 70_000
        let frame =
            [0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70] + [UInt8](repeating: 10, count: count)
        transcript.write(atMost: frame.count, lines: 1, connectionID: 0) { place in
            UnsafeMutableRawBufferPointer(start: place, count: frame.count).copyBytes(from: frame)
            return frame.count
        }
        #expect(transcript.endOfLine(at: 0) == transcript.head)
    }
}
