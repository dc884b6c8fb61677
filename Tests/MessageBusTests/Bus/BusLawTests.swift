import TestSupport
import Testing

@testable import MessageBus

/// Laws 1 and 2, for random sequences of what bridges and readers do.
@Suite(.timeLimit(.minutes(10))) struct BusLawTests {
    @Test(arguments: Seeded.some)
    func `everything is counted and in order`(seed: UInt64) async throws {
        var world = try await BusWorld(seed: seed)
        for _ in 0..<400 { try await world.step() }
        await world.finish()
        #expect(world.problems.first == nil)
        #expect(world.readMessages > 100)
    }
}

/// Drops one in five by what it says.
private struct DropSome: Middleware {
    func handle(_ message: inout Message) -> Verdict {
        message.body.contains("7") ? .drop("seven") : .pass
    }
}

/// A bus, and what must have become of all that was said.
private struct BusWorld {
    private struct Said {
        let text: String
        let bridge: String
        let channel: String?
        let number: MessageNumber
    }

    private struct Reader {
        let cursor: SendableCursor
        let subscription: Subscription
        let room: Int
        let bridge: Int
        let channel: String?
        var next: Int
        var seen = 0
    }

    private(set) var problems: [String] = []
    private(set) var readMessages = 0
    private var random: Seeded
    private let test: TestBus
    private let ports: [Port]
    private let rooms = ["a", "b", "c"]
    private var logs: [[Said]] = [[], [], []]
    private var readers: [Reader] = []
    private var count = 0
    private var taken = [0, 0, 0]
    private var passed = [0, 0, 0]
    private var lastNumber: MessageNumber = 0

    init(seed: UInt64) async throws {
        random = Seeded(seed)
        test = try TestBus(rooms: rooms, middlewares: [DropSome()])
        var ports: [Port] = []
        for name in ["x", "y", "z"] { ports.append(await test.port(name, room: "a")) }
        self.ports = ports
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<55: try await publish()
        case 55..<65 where readers.count < 12: await subscribe()
        case 65..<68 where !readers.isEmpty:
            readers.remove(at: Int.random(in: 0..<readers.count, using: &random))
        default: await read(Int.random(in: 1...300, using: &random))
        }
    }

    mutating func finish() async {
        for _ in 0..<200 { await read(256) }
        let counts = await test.bus.perform { bus in
            bus.bridges.map { [$0.received, $0.passed, $0.dropped] }
        }
        for (index, counts) in counts.enumerated() {
            if counts[0] != UInt64(taken[index]) || counts[1] != UInt64(passed[index])
                || counts[0] != counts[1] + counts[2]
            {
                problems.append("bridge \(index) counts \(counts)")
            }
        }
    }

    private mutating func publish() async throws {
        let bridge = Int.random(in: 0..<3, using: &random)
        let origins: [String?] = [nil, "c1", "c2"]
        var drafts: [Draft] = []
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            count += 1
            var draft = Draft("\(count)", from: "n\(count % 3)")
            draft.room = rooms[Int.random(in: 0..<3, using: &random)]
            draft.origin = origins[Int.random(in: 0..<3, using: &random)].map {
                Origin(channel: $0)
            }
            drafts.append(draft)
        }
        let receipts = try await ports[bridge].publish(drafts)
        for (draft, receipt) in zip(drafts, receipts) {
            taken[bridge] += 1
            if receipt.number <= lastNumber { problems.append("number \(receipt.number) again") }
            lastNumber = receipt.number
            let drops = draft.text.contains("7")
            if drops != (receipt.verdict != .pass) { problems.append("\(draft.text): \(receipt)") }
            if drops { continue }
            passed[bridge] += 1
            logs[rooms.firstIndex(of: draft.room ?? "") ?? 0].append(
                Said(
                    text: draft.text, bridge: ports[bridge].name, channel: draft.origin?.channel,
                    number: receipt.number))
        }
    }

    private mutating func subscribe() async {
        let room = Int.random(in: 0..<3, using: &random)
        let bridge = Int.random(in: 0..<3, using: &random)
        let channel: String? = [nil, "c1", "c2"][Int.random(in: 0..<3, using: &random)]
        let attachment = ports[bridge].attachment
        let after =
            random.chance(50) ? nil : MessageNumber.random(in: 0...lastNumber, using: &random)
        guard
            let subscription = await test.bus.subscribe(
                attachment, room: rooms[room], channel: channel, after: after)
        else { return problems.append("no subscription") }
        let next = after.map { number in
            logs[room].firstIndex { $0.number > number } ?? logs[room].count
        }
        readers.append(
            Reader(
                cursor: SendableCursor(subscription.cursor), subscription: subscription, room: room,
                bridge: bridge, channel: channel, next: next ?? 0))
    }

    private mutating func read(_ most: Int) async {
        guard !readers.isEmpty else { return }
        let index = Int.random(in: 0..<readers.count, using: &random)
        let reader = readers[index]
        let (messages, position, counts) = await test.bus.perform { _ in
            let cursor = reader.cursor.cursor
            let messages = cursor.readMessages(atMost: most)
            return (messages, cursor.position, cursor.delivered + cursor.skipped)
        }
        let range = reader.next..<max(reader.next, position.index)
        let bridge = ports[reader.bridge].name
        let expected = logs[reader.room][range].filter { said in
            said.bridge != bridge || reader.channel != nil && said.channel != reader.channel
        }
        readMessages += messages.count
        if messages.map(\.text) != expected.map(\.text)
            || messages.map(\.number) != expected.map(\.number)
        {
            problems.append("\(messages.map(\.text)) instead of \(expected.map(\.text))")
        }
        readers[index].seen += range.count
        if counts != UInt64(readers[index].seen) { problems.append("\(counts) counted") }
        readers[index].next = position.index
    }
}
