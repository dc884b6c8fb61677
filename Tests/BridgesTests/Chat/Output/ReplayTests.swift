import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat

/// Readers that begin at a number, against a model: each later event comes exactly once, whether it
/// is in the store, in the log or in the transcript.
@Suite(.timeLimit(.minutes(10))) struct ReplayTests {
    @Test(arguments: Seeded.some)
    func `each event behind a number comes exactly once`(seed: UInt64) async throws {
        var random = Seeded(seed)
        var store = MemoryStore()
        var said: [MessageNumber] = []
        for _ in 0..<2 {
            let test = try TestBus(store: store)
            _ = await test.port("chat")
            try await test.bus.recall()
            let world = try await test.bus.perform { try ReplayWorld($0, isStored: true) }
            // One reader at least, whatever is drawn.
            try await test.bus.perform { _ in try world.attach(after: 0) }
            for _ in 0..<50 {
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<50:
                    let isLong = random.chance(30)
                    let count = Int.random(in: 1...60, using: &random)
                    said += await test.bus.perform { world.publish(count, isLong, $0) }
                case 50..<60: if store.isHeld { store.release() } else { store.hold() }
                case 60..<75:
                    let start = random.chance(20) ? 0 : said.randomElement(using: &random) ?? 0
                    try await test.bus.perform { _ in try world.attach(after: start) }
                default: await world.pump(test, reading: Int.random(in: 1...60_000, using: &random))
                }
            }
            store.release()
            await test.settle()
            for _ in 0..<3_000 where await !test.bus.perform({ _ in world.isDone }) {
                await world.pump(test, reading: .max)
            }
            let seen = await test.bus.perform { _ in world.end() }
            for (start, numbers, delivered, skipped) in seen {
                #expect(numbers == said.filter { $0 > start } && skipped == 0)
                #expect(delivered == numbers.count)
            }
            #expect(!seen.isEmpty)
            await test.settle()
            store = MemoryStore(store.disk)
        }
    }

    @Test(arguments: Seeded.some)
    func `without a store, what is lost is counted and the rest comes once`(seed: UInt64)
        async throws
    {
        var random = Seeded(seed)
        let test = try TestBus()
        _ = await test.port("chat")
        let world = try await test.bus.perform { try ReplayWorld($0, isStored: false) }
        var said: [MessageNumber] = []
        for _ in 0..<30 {
            let (count, isLong) = (Int.random(in: 1...60, using: &random), random.chance(50))
            said += await test.bus.perform { world.publish(count, isLong, $0) }
            if random.chance(30) {
                let start = said.randomElement(using: &random) ?? 0
                try await test.bus.perform { _ in try world.attach(after: start) }
            }
            await world.pump(test, reading: .max)
        }
        for _ in 0..<3_000 where await !test.bus.perform({ _ in world.isDone }) {
            await world.pump(test, reading: .max)
        }
        for (start, numbers, _, skipped) in await test.bus.perform({ _ in world.end() }) {
            let wanted = said.filter { $0 > start }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
            #expect(Set(numbers).isSubset(of: wanted))
            #expect(skipped > 0 || numbers.count == wanted.count)
        }
    }
}

/// An encoder of messages as frames that hold their numbers, and bytes to fill the ring.
private struct NumberEncoder: MessageEncoder {
    var framing: TranscriptFraming { .webSocketFrames }

    static func frame(_ number: MessageNumber, padding: Int) -> [UInt8] {
        let count = 126 + padding
        var frame: [UInt8] = [0x81, 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        for shift in (0..<8).reversed() {
            frame.append(UInt8(truncatingIfNeeded: number.rawValue >> (8 * UInt64(shift))))
        }
        return frame + [UInt8](repeating: 0, count: count - 8)
    }

    private func frame(_ number: MessageNumber, _ text: Int) -> [UInt8] {
        Self.frame(number, padding: text / 20)
    }

    func append(_ message: Message, longest: Int, to bytes: inout [UInt8]) {
        bytes += frame(message.number, message.body.count)
    }

    func lineCount(ofDeleted message: Message) -> Int { 1 }

    func encode(
        _ arena: MessageArena, _ range: Range<Int>, into transcript: Transcript,
        until limit: TranscriptOffset
    ) -> Int {
        var next = range.lowerBound
        while next < range.upperBound, transcript.head < limit {
            let header = arena[next]
            next += 1
            let frame = frame(header.number, Int(header.count))
            (transcript.firstNumber, transcript.number) = (header.number, header.number)
            transcript.write(atMost: frame.count, lines: 1, connectionID: 0) { place in
                UnsafeMutableRawBufferPointer(start: place, count: frame.count)
                    .copyBytes(from: frame)
                return frame.count
            }
        }
        return next
    }
}

/// A room, its feed, and connections that read it from different numbers on.
///
/// Confined to the bus's loop.
private final class ReplayWorld: RoomFeedDelegate, @unchecked Sendable {  // see the line above
    private struct Reader {
        let start: MessageNumber
        let connection: Connection
        let other: Int32
        var output = RoomsOutput()
        var received: [UInt8] = []
        var isFetching = false
        var skipped = 0
    }

    private static let sender = Sender(name: "ana", key: "ana", bridge: "chat", identity: 1)
    private let encoder = NumberEncoder()
    private let room: Room
    private let isStored: Bool
    private let loop: EventLoop
    private var feed: RoomFeed?
    private var readers: [Reader] = []

    init(_ bus: isolated Bus, isStored: Bool) throws {
        room = bus.rooms[0]
        self.isStored = isStored
        // Never turned: the sockets are written to directly.
        loop = try EventLoop(clock: ManualClock())
        feed = room.addFeed(
            capacity: 64 << 10, encoder: encoder, outgoing: Chain(), reader: self,
            after: bus.nextNumber())
    }

    func transcriptGrew(_ feed: RoomFeed) { for index in readers.indices { send(index) } }

    func publish(_ count: Int, _ isLong: Bool, _ bus: isolated Bus) -> [MessageNumber] {
        let batch = bus.batch(room: "general", capacity: count, bytes: 0)
        for _ in 0..<count {
            let text = String(repeating: "x", count: isLong ? 20_000 : 9)
            Array(text.utf8).withUnsafeBytes {
                batch.arena.append(MessageHeader(), copying: $0, sender: Self.sender, details: nil)
            }
        }
        bus.publish(batch, in: room, by: bus.bridges[0])
        return batch.arena.all.map(\.number)
    }

    func attach(after number: MessageNumber) throws {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard let feed, socketpair(AF_UNIX, type, 0, &ends) == 0 else { return }
        var size: Int32 = 16_384
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, 4)
        var reader = Reader(
            start: number, connection: try Connection(ends[0], on: loop, handler: Nobody()),
            other: ends[1])
        reader.output.attach(feed.attachReader(after: number, isStored: isStored))
        readers.append(reader)
    }

    /// True if every reader has everything.
    var isDone: Bool { readers.allSatisfy { $0.output.isUpToDate && !$0.isFetching } }

    private func send(_ index: Int) {
        _ = readers[index].output.sendPending(readers[index].connection) { _, count in
            NumberEncoder.frame(0, padding: count == 0 ? 0 : 1)
        }
        // Asked at any time, as the bridges do after each turn.
        #expect(readers[index].output.counts.delivered >= 0)
    }

    /// Lets every connection read a little, and go on.
    func pump(_ test: TestBus, reading most: Int) async {
        let count = await test.bus.perform { _ in self.readers.count }
        for index in 0..<count {
            let step = await test.bus.perform { bus in self.advance(index, most, bus) }
            guard case .store(let after, let through)? = step else { continue }
            let found = try? await test.bus.store.messages(
                in: "general", after: after, through: through, atMost: 40)
            await test.bus.perform { _ in
                self.readers[index].isFetching = false
                guard let found, let feed = self.feed else { return }
                self.deliverStored(
                    index, found,
                    through: found.isComplete ? through : found.messages.last?.number ?? through,
                    feed)
            }
        }
    }

    private func advance(
        _ index: Int, _ most: Int, _ bus: isolated Bus
    ) -> RoomFeed.ReplayStep? {
        read(index, most)
        send(index)
        guard let feed, let transcript = readers[index].output.behind.first,
            let cursor = readers[index].output.cursor(in: transcript),
            let step = feed.replayStep(of: cursor, atMost: 40, bus)
        else { return nil }
        switch step {
        case .run(let run, let through): deliverStored(index, run, through: through, feed)
        case .lost(let through):
            readers[index].skipped += 1
            deliverStored(index, StoredRun([], isComplete: true), through: through, feed)
        case .store: readers[index].isFetching = true
        case .wait: break
        }
        return step
    }

    private func deliverStored(
        _ index: Int, _ run: StoredRun, through: MessageNumber, _ feed: RoomFeed
    ) {
        guard let cursor = readers[index].output.cursor(in: feed.transcript) else { return }
        let page = feed.page(of: run, for: cursor, as: encoder)
        readers[index].output.appendStored(page, through: through, in: feed.transcript) { count in
            NumberEncoder.frame(0, padding: count == 0 ? 0 : 1)
        }
        send(index)
    }

    private func read(_ index: Int, _ most: Int) {
        var left = most
        while left > 0 {
            var buffer = [UInt8](repeating: 0, count: min(left, 65_536))
            let got = recv(readers[index].other, &buffer, buffer.count, 0)
            if got <= 0 { break }
            readers[index].received += buffer[..<got]
            left -= got
        }
    }

    /// Ends all connections; returns what each has got, behind which number, and what was counted.
    func end() -> [(start: MessageNumber, numbers: [MessageNumber], delivered: Int, skipped: Int)] {
        defer { readers = [] }
        return readers.indices.map { index in
            send(index)
            read(index, .max)
            feed?.detachReader()
            readers[index].connection.close()
            close(readers[index].other)
            var (numbers, skipped): ([MessageNumber], Int) = ([], readers[index].skipped)
            let received = readers[index].received
            var at = 0
            while at + 12 <= received.count {
                let number = received[(at + 4)..<(at + 12)].reduce(UInt64(0)) {
                    $0 << 8 | UInt64($1)
                }
                if number == 0 {
                    skipped += 1
                } else {
                    numbers.append(MessageNumber(rawValue: number))
                }
                at += 4 + (Int(received[at + 2]) << 8 | Int(received[at + 3]))
            }
            let delivered = readers[index].output.counts.delivered
            return (readers[index].start, numbers, delivered, skipped)
        }
    }
}
