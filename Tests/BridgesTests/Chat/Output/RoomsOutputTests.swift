import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat

/// The output of a connection that reads several rooms as WebSocket frames, against a model: what a
/// room says comes in order, once, or is counted in a notice.
@Suite struct RoomsOutputTests {
    @Test(arguments: Seeded.some)
    func `each room's frames come in order or are counted`(seed: UInt64) throws {
        var world = try RoomsWorld(seed: seed)
        for _ in 0..<1_000 { try world.step() }
        world.readToEnd()
        #expect(world.problems.first == nil)
        #expect(world.seenSkips > 0 && world.seenFrames > 0)
    }

    @Test func `a quiet room does not wait for a busy one`() throws {
        var world = try RoomsWorld(seed: 1)
        world.write(room: 0, frames: 40, size: 1_000)
        world.write(room: 1, frames: 1, size: 10)
        world.readToEnd()
        // Its turn comes as soon as the kernel takes more.
        let quiet = try #require(world.order.firstIndex(of: 1))
        #expect(quiet < 30)
        #expect(world.problems.first == nil)
    }

    @Test func `the rooms take turns`() throws {
        var world = try RoomsWorld(seed: 1, capacity: 1 << 20)
        world.write(room: 0, frames: 200, size: 1_000)
        world.write(room: 1, frames: 1, size: 10)
        world.readToEnd()
        // Not behind the 200 KB of the other one.
        let quiet = try #require(world.order.firstIndex(of: 1))
        #expect(quiet < 80)
        #expect(world.problems.first == nil)
    }
}

private struct RoomsWorld {
    private(set) var problems: [String] = []
    private(set) var seenFrames = 0
    private(set) var seenSkips = 0
    /// The rooms whose frames came, in order.
    private(set) var order: [Int] = []

    private var random: Seeded
    private let loop: EventLoop
    private let connection: Connection
    private let other: Int32
    private var output = RoomsOutput()
    private let transcripts: [Transcript]
    private var received: [UInt8] = []
    private var written = [0, 0, 0]
    private var seen = [0, 0, 0]
    private var skipped = [0, 0, 0]
    /// The frames of each room that must have come or been skipped before its next one.
    private var promised = [0, 0, 0]
    private var answered = (asked: 0, seen: 0)

    init(seed: UInt64, capacity: Int = 64 << 10) throws {
        random = Seeded(seed)
        loop = try EventLoop(clock: ManualClock())
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SocketError("socketpair") }
        var size: Int32 = 8_192
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, 4)
        other = ends[1]
        connection = try Connection(ends[0], on: loop, handler: Nobody())
        transcripts = (0..<3).map { _ in
            Transcript(capacity: capacity, framing: .webSocketFrames)
        }
        for transcript in transcripts {
            output.attach(TranscriptCursor(atEndOf: transcript, isStoreBacked: false))
        }
    }

    mutating func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<70:
            write(
                room: Int.random(in: 0..<3, using: &random),
                frames: Int.random(in: 1...8, using: &random),
                size: random.chance(20) ? 3_000 : Int.random(in: 0...300, using: &random))
        case 70..<75: answer()
        case 75..<77: leaveAndReturn()
        case 77..<90: fill()
        default: read(Int.random(in: 1...20_000, using: &random))
        }
    }

    mutating func write(room: Int, frames: Int, size: Int) {
        for _ in 0..<frames {
            written[room] += 1
            let text = "\(room) \(written[room]) " + String(repeating: "x", count: size)
            let frame = Self.frame(text)
            transcripts[room].number = MessageNumber(rawValue: UInt64(written[room]))
            transcripts[room].write(
                atMost: frame.count + Int.random(in: 0...64, using: &random), lines: 1,
                connectionID: 0
            ) { place in
                UnsafeMutableRawBufferPointer(start: place, count: frame.count)
                    .copyBytes(from: frame)
                return frame.count
            }
        }
        if !output.isBlocked { fill() }
    }

    private static func frame(_ text: String) -> [UInt8] {
        let count = text.utf8.count
        let header: [UInt8] =
            count < 126
            ? [0x81, UInt8(count)] : [0x81, 126, UInt8(count >> 8), UInt8(count & 255)]
        return header + Array(text.utf8)
    }

    private mutating func answer() {
        answered.asked += 1
        let room = Int.random(in: 0..<3, using: &random)
        output.send(Self.frame("answer \(room) \(written[room])"), behind: transcripts[room])
    }

    /// Leaves a room, and enters it again at its end.
    private mutating func leaveAndReturn() {
        let room = Int.random(in: 0..<3, using: &random)
        output.detach(from: transcripts[room]) { Self.frame("skipped \(room) \($0)") }
        output.attach(TranscriptCursor(atEndOf: transcripts[room], isStoreBacked: false))
    }

    mutating func fill() {
        let progress = output.sendPending(
            connection,
            skipNotice: { [transcripts] transcript, count in
                let room = transcripts.firstIndex { $0 === transcript } ?? 0
                return Self.frame("skipped \(room) \(count)")
            })
        if case .broken = progress { problems.append("broken") }
    }

    mutating func readToEnd() {
        for _ in 0..<100_000 {
            read(.max)
            fill()
            if output.isUpToDate { break }
        }
        read(.max)
        close(other)
        connection.close()
        if !received.isEmpty { problems.append("half a frame") }
        for room in 0..<3 where seen[room] + skipped[room] != written[room] {
            problems.append("\(room): \(seen[room]) and \(skipped[room]) of \(written[room])")
        }
        if answered.asked != answered.seen { problems.append("answers: \(answered)") }
    }

    mutating func read(_ most: Int) {
        var left = most
        while left > 0 {
            var buffer = [UInt8](repeating: 0, count: min(left, 4_096))
            let got = recv(other, &buffer, buffer.count, 0)
            if got <= 0 { break }
            received += buffer[..<got]
            left -= got
        }
        var at = 0
        while received.count - at >= 2 {
            if received[at] != 0x81 { return problems.append("no frame at \(at)") }
            var (start, count) = (at + 2, Int(received[at + 1]))
            if count == 126 {
                guard received.count - at >= 4 else { break }
                (start, count) = (at + 4, Int(received[at + 2]) << 8 | Int(received[at + 3]))
            }
            guard received.count >= start + count else { break }
            check(String(decoding: received[start..<(start + count)], as: UTF8.self))
            at = start + count
        }
        received.removeFirst(at)
    }

    private mutating func check(_ text: String) {
        let words = text.split(separator: " ")
        switch words.first {
        case "skipped":
            guard let room = Int(words[1]), let count = Int(words[2]) else { return }
            seenSkips += 1
            skipped[room] += count
        case "answer":
            guard let room = Int(words[1]), let place = Int(words[2]) else { return }
            answered.seen += 1
            // It may come in front of the notice of what was skipped before it.
            promised[room] = max(promised[room], place)
        default:
            guard let room = words.first.flatMap({ Int($0) }), let number = Int(words[1]) else {
                return problems.append("not understood: \(text)")
            }
            seenFrames += 1
            order.append(room)
            if seen[room] + skipped[room] < promised[room] { problems.append("too early") }
            seen[room] += 1
            if number != seen[room] + skipped[room] {
                problems.append("\(text.prefix(20)) after \(seen[room]) and \(skipped[room])")
            }
        }
    }
}
