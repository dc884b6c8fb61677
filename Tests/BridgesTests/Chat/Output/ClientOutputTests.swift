import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat

/// The output of one connection, against a model: everything comes in order, once, or is counted in
/// a `[skipped]`.
@Suite struct ClientOutputTests {
    @Test(arguments: Seeded.some)
    func `each line comes or is counted as skipped`(seed: UInt64) throws {
        let world = try OutputWorld(seed: seed, ownShare: 0, moves: 0)
        for _ in 0..<1_000 { try world.step() }
        try world.readToEnd()
        #expect(world.problems.first == nil)
        #expect(world.seenSkips > 0 && world.seenLines > 0)
    }

    @Test(arguments: Seeded.some)
    func `one's own lines neither come nor count`(seed: UInt64) throws {
        let world = try OutputWorld(seed: seed, ownShare: 40, moves: 0)
        for _ in 0..<1_000 { try world.step() }
        try world.readToEnd()
        #expect(world.problems.first == nil)
        #expect(world.seenSkips > 0 && world.seenLines > 0)
    }

    @Test(arguments: Seeded.some)
    func `a change of rooms loses nothing uncounted`(seed: UInt64) throws {
        let world = try OutputWorld(seed: seed, ownShare: 20, moves: 2)
        for _ in 0..<1_000 { try world.step() }
        try world.readToEnd()
        #expect(world.problems.first == nil)
        #expect(world.seenSkips > 0 && world.seenLines > 0)
    }
}

/// A connection's output on a socket with a small buffer: what is written to it, and what comes
/// out.
private final class OutputWorld {
    private enum Owed: Equatable {
        case line(String)
        case answer(String)
    }

    private(set) var problems: [String] = []
    private(set) var seenLines = 0
    private(set) var seenSkips = 0

    private var random: Seeded
    private let ownShare: Int
    private let moves: Int
    private let loop: EventLoop
    private let connection: Connection
    private let other: Int32
    private var output = ClientOutput()
    private var transcript = Transcript(capacity: 64 << 10)
    private var received: [UInt8] = []
    private var owed: ArraySlice<Owed> = []
    private var passed = 0
    private var count = 0
    private var appended: UInt64 = 0
    private let own: UInt32 = 7

    init(seed: UInt64, ownShare: Int, moves: Int) throws {
        random = Seeded(seed)
        self.ownShare = ownShare
        self.moves = moves
        loop = try EventLoop(clock: ManualClock())
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SocketError("socketpair") }
        var size: Int32 = 8_192
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, 4)
        other = ends[1]
        connection = try Connection(ends[0], on: loop, handler: Nobody())
        output.attach(to: transcript)
    }

    func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<55: write()
        case 55..<65: answer()
        case 65..<(65 + moves): move()
        case 65..<90: sendPending()
        default: read(Int.random(in: 1...30_000, using: &random))
        }
    }

    /// Reads everything that is owed.
    func readToEnd() throws {
        for _ in 0..<100_000 {
            read(.max)
            sendPending()
            if output.isUpToDate { break }
        }
        read(.max)
        close(other)
        connection.close()
        if !received.isEmpty { problems.append("half a line: \(text(received))") }
        if passed > 0 || !owed.isEmpty { problems.append("never came: \(passed) + \(owed)") }
    }

    /// Writes a few lines, up to a quarter of the ring, as in a turn of the loop.
    private func write() {
        let bound = transcript.head + transcript.capacity / 4
        for _ in 0..<Int.random(in: 1...20, using: &random) where transcript.head < bound {
            count += 1
            let isOwn = random.chance(ownShare)
            let length = random.chance(10) ? 6_000 : Int.random(in: 0...200, using: &random)
            let line = "\(count) \(isOwn ? "own" : "")" + String(repeating: "x", count: length)
            let bytes = Array("\(line)\n".utf8)
            transcript.write(
                atMost: bytes.count + Int.random(in: 0...64, using: &random), lines: 1,
                connectionID: isOwn ? own : random.chance(50) ? 0 : 9
            ) { place in
                UnsafeMutableRawBufferPointer(start: place, count: bytes.count)
                    .copyBytes(from: bytes)
                return bytes.count
            }
            if !isOwn { owed.append(.line(line)) }
        }
        recordOwnMessages()
        // A reader that keeps up is never overtaken: the server sends before a quarter more is
        // written.
        if !output.isBlocked { sendPending() }
    }

    private func recordOwnMessages() {
        transcript.drainRuns { run in if run.connectionID == own { output.passOver(run) } }
    }

    private func answer() {
        count += 1
        owed.append(.answer("answer \(count)"))
        output.answer(Array("answer \(count)\n".utf8))
    }

    private func move() {
        recordOwnMessages()
        output.detach { Array("skipped \($0)\n".utf8) }
        transcript = Transcript(capacity: 64 << 10)
        let lead = Int.random(in: 0...3, using: &random)
        for _ in 0..<lead {
            transcript.write(atMost: 8, lines: 1, connectionID: 0) { place in
                place.storeBytes(of: 10, as: UInt8.self)
                return 1
            }
        }
        output.attach(to: transcript)
    }

    private func sendPending() {
        if case .broken = output.sendPending(
            connection, skipNotice: { Array("skipped \($0)\n".utf8) })
        {
            problems.append("broken")
        }
    }

    private func read(_ most: Int) {
        var left = most
        while left > 0 {
            var buffer = [UInt8](repeating: 0, count: min(left, 4_096))
            let got = recv(other, &buffer, buffer.count, 0)
            if got <= 0 { break }
            received += buffer[..<got]
            left -= got
        }
        for line in received.split(separator: 10, omittingEmptySubsequences: false).dropLast() {
            check(String(decoding: line, as: UTF8.self))
        }
        if let end = received.lastIndex(of: 10) { received.removeSubrange(...end) }
    }

    private func check(_ line: String) {
        guard problems.count < 5 else { return }
        if line.hasPrefix("answer") {
            while case .line = owed.first {
                owed.removeFirst()
                passed += 1
            }
            if owed.first == .answer(line) {
                owed.removeFirst()
            } else {
                problems.append("\(line) instead of \(String(describing: owed.first))")
            }
        } else if line.hasPrefix("skipped"), let missed = Int(line.dropFirst(8)) {
            seenSkips += 1
            skip(missed - passed)
            passed = 0
        } else {
            seenLines += 1
            if passed == 0, owed.first == .line(line) {
                owed.removeFirst()
            } else {
                let next = owed.first.map { "\($0)".prefix(40) } ?? "nothing"
                problems.append("\(line.prefix(40)) instead of \(next), \(passed) passed over")
            }
        }
    }

    private func skip(_ count: Int) {
        if count < 0 { problems.append("\(-count) too few skipped") }
        var answers: [Owed] = []
        var left = count
        while left > 0, let next = owed.popFirst() {
            if case .answer = next { answers.append(next) } else { left -= 1 }
        }
        if left > 0 { problems.append("\(left) too many skipped") }
        owed = answers + owed
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
