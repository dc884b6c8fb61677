import TestSupport
import Testing

@testable import MessageBus

@Suite struct MessageLogTests {
    @Test(arguments: Seeded.some)
    func `what is kept is the newest, in order, by position`(seed: UInt64) {
        var model = LogModel(seed: seed, messages: 3_000, bytes: 200_000)
        for _ in 0..<220 {
            model.append()
            let log = model.log
            #expect(log.end.index == model.all.count)
            #expect(log.start <= log.end)
            let start = model.randomPosition()
            let count = Int.random(in: 0...50, using: &model.random)
            let found = log.messages(from: start, atMost: count)
            let expected = model.all[max(start, log.start).index...].prefix(count)
            #expect(found.map(\.number) == expected.map(\.number))
            #expect(found.map(\.text) == expected.map(\.text))
            #expect(found.map(\.sender.name) == expected.map(\.name))
        }
        #expect(model.log.start > 0)
    }

    @Test(arguments: Seeded.some)
    func `what has expired is not given any more`(seed: UInt64) throws {
        var model = LogModel(seed: seed, messages: 3_000, bytes: 200_000)
        for _ in 0..<220 {
            model.append()
            let log = model.log
            let firstText = model.firstText
            let kept = model.all.filter { $0.isSaid && $0.number >= firstText }
            if model.random.next() % 8 == 0, let last = kept.randomElement(using: &model.random) {
                log.expire(through: last.number)
            }
            let said = kept.filter { $0.number > log.expiredThrough }
            let count = Int.random(in: 0...700, using: &model.random)
            #expect(log.lastTexts(atMost: count).map(\.number) == said.suffix(count).map(\.number))
            #expect(
                log.textNumbers(in: 0..<log.end, atMost: count)
                    == said.suffix(count).map(\.number))
            #expect(
                log.texts(before: .max, atMost: 900).map(\.number)
                    == said.suffix(900).map(\.number))
            if let gone = kept.last(where: { $0.number <= log.expiredThrough }) {
                #expect(log.message(numbered: gone.number) == nil)
                #expect(log.texts(before: gone.number + 1, atMost: 9).isEmpty)
            }
            let speakers = Set(said.map { $0.name.lowercased() })
            for name in Set(kept.map { $0.name.lowercased() }).subtracting(speakers) {
                #expect(log.last(saidBy: name) == nil)
            }
        }
        #expect(model.log.expiredThrough > 0)
    }

    @Test(arguments: Seeded.some)
    func `it keeps as much as its bounds and a batch more`(seed: UInt64) {
        var model = LogModel(seed: seed, messages: 3_000, bytes: 200_000)
        for _ in 0..<220 {
            model.append()
            let kept = model.log.end - model.log.start
            let bytes = model.all.suffix(kept).reduce(0) { $0 + $1.text.utf8.count }
            // A batch is up to 1,024 messages and 64 KiB.
            let isTooMuch = kept > 3_000 + 1_024 || bytes > 200_000 + (64 << 10)
            let isTooLittle = kept < 3_000 - 1_024 && bytes < 200_000 - (64 << 10)
            if isTooMuch || isTooLittle && model.all.count > 3_000 {
                Issue.record("\(kept) messages with \(bytes) bytes are kept")
                break
            }
        }
        #expect(model.log.start > 0)
    }

    @Test(arguments: Seeded.some)
    func `texts are the newest said at some positions`(seed: UInt64) {
        var model = LogModel(seed: seed, messages: 3_000, bytes: 200_000)
        for _ in 0..<200 {
            model.append()
            let log = model.log
            let first = model.randomPosition()
            let last = first + Int.random(in: 0...(log.end + 5 - first), using: &model.random)
            let count = Int.random(in: 0...700, using: &model.random)
            let asked = first.index..<min(max(first, last), log.end).index
            // Asked once: for each message it would take minutes.
            let firstText = model.firstText
            let said = model.all[asked].filter { $0.isSaid && $0.number >= firstText }
            #expect(
                log.texts(in: first..<last, atMost: count).map(\.number)
                    == said.suffix(count).map(\.number))
        }
        #expect(model.log.texts(in: 0..<LogPosition.max, atMost: .max).count > 0)
    }

    @Test(arguments: Seeded.some)
    func `runs are what is kept from a position on`(seed: UInt64) {
        var model = LogModel(seed: seed, messages: 3_000, bytes: 200_000)
        for _ in 0..<200 {
            model.append()
            let start = model.randomPosition()
            var numbers: [MessageNumber] = []
            let end = model.log.forEachRun(from: start) { arena, range in
                numbers += range.map { arena.message(at: $0).number }
            }
            #expect(end == model.log.end)
            #expect(numbers == model.all[max(start, model.log.start).index...].map(\.number))
        }
    }

    @Test(arguments: Seeded.some)
    func `a number leads to the first message after it`(seed: UInt64) {
        var model = LogModel(seed: seed, messages: 3_000, bytes: 200_000)
        for _ in 0..<200 {
            model.append()
            let number = MessageNumber.random(in: 0...model.lastNumber + 2, using: &model.random)
            let kept = model.all[model.log.start.index...]
            let expected = kept.firstIndex { $0.number > number } ?? model.all.count
            #expect(model.log.position(after: number).index == expected)
        }
    }

    @Test(arguments: Seeded.some)
    func `the newest message that somebody said is found`(seed: UInt64) {
        var model = LogModel(seed: seed, messages: 3_000, bytes: 200_000)
        for round in 0..<200 {
            model.append()
            if round % 5 > 2 { continue }
            let name = "s\(Int.random(in: 0..<14, using: &model.random))"
            let found = model.log.last(saidBy: name)
            let expected = model.all.last {
                $0.name == name && $0.isSaid && $0.number >= model.firstText
            }
            #expect(found?.number == expected?.number)
            #expect(found?.text == expected?.text)
        }
    }

    @Test(arguments: Seeded.some)
    func `a message is found by its number`(seed: UInt64) {
        var model = LogModel(seed: seed, messages: 3_000, bytes: 200_000)
        for _ in 0..<200 {
            model.append()
            let number = MessageNumber.random(in: 0...model.lastNumber + 2, using: &model.random)
            let expected = model.all.last { $0.number == number }
            let found = model.log.message(numbered: number)
            // What is a little older than what must be kept may be there still.
            let isKept = expected.map {
                (model.isInBatches($0) || $0.isSaid) && $0.number >= model.firstText
            }
            if isKept == true || found != nil { #expect(found?.text == expected?.text) }
        }
    }

    @Test func `notices push no texts out, and texts do`() {
        var bounds = MessageLog.Limits()
        bounds.messages = 3_000
        let log = MessageLog(room: "r", bounds: bounds)
        let ana = Sender(name: "Ana", key: "ana", bridge: "b", identity: 1)
        var number: MessageNumber = 0
        func append(_ kind: Message.Kind, _ text: String = "", by sender: Sender) {
            number += 1
            var header = MessageHeader()
            (header.kind, header.number) = (kind, number)
            let arena = MessageArena(room: "r", capacity: 1, bytes: 8)
            Array(text.utf8).withUnsafeBytes {
                arena.append(header, copying: $0, sender: sender, details: nil)
            }
            _ = log.append(arena)
        }
        for count in 0..<50 {
            append(count % 7 == 0 ? .edit : .message, "uno \(count)", by: ana)
            append(.join, by: ana)
        }
        for count in 0..<20_000 {
            let kinds: [Message.Kind] = [.join, .rename, .leave]
            append(kinds[count % 3], by: ana)
        }
        let texts = (0..<50).map { "uno \($0)" }
        #expect(log.start > 100 && !log.hasForgottenTexts)
        #expect(log.lastTexts(atMost: 500).map(\.text) == texts)
        #expect(log.lastTexts(atMost: 3).map(\.text) == Array(texts.suffix(3)))
        #expect(log.texts(in: 2..<6, atMost: 9).map(\.text) == ["uno 1", "uno 2"])
        #expect(log.last(saidBy: "ana")?.text == "uno 49")
        #expect(log.message(numbered: 1)?.text == "uno 0")
        #expect(log.message(numbered: 2) == nil)
        let older = log.olderTexts(before: log.start, atMost: 20)
        #expect(older?.texts.map(\.text) == Array(texts.suffix(20)) && older?.position == 60)
        // No more texts than without any notices.
        for count in 0..<10_000 { append(.message, "dos \(count)", by: ana) }
        let kept = log.lastTexts(atMost: .max)
        #expect(log.hasForgottenTexts && kept.count < 3_000 + 1_024 && kept.count > 3_000 - 1_024)
        #expect(log.message(numbered: 1) == nil && log.olderTexts(before: .max, atMost: 1) == nil)
    }

    @Test func `what was said before taking a name is found by the new one`() {
        let log = MessageLog(room: "r")
        let senders = ["ana", "eva", "zoe"].map {
            Sender(name: $0, key: $0, bridge: "b", identity: 1)
        }
        let arena = MessageArena(room: "r", capacity: 3, bytes: 8)
        [UInt8](arrayLiteral: 120).withUnsafeBytes {
            arena.append(MessageHeader(), copying: $0, sender: senders[0], details: nil)
        }
        for (old, new) in zip(senders, senders.dropFirst()) {
            var header = MessageHeader()
            header.kind = .rename
            arena.append(
                header, copying: .init(start: nil, count: 0), sender: old,
                details: MessageDetails(other: new)
            )
        }
        _ = log.append(arena)
        for name in ["ana", "eva", "zoe"] { #expect(log.last(saidBy: name)?.text == "x") }
    }

    @Test func `who has not spoken for long is forgotten`() {
        var bounds = MessageLog.Limits()
        bounds.messages = 1_000
        let log = MessageLog(room: "r", bounds: bounds)
        for count in 0..<20_000 {
            let arena = MessageArena(room: "r", capacity: 1, bytes: 8)
            let name = "n\(count)"
            let sender = Sender(name: name, key: name, bridge: "b", identity: 1)
            arena.append(
                MessageHeader(), copying: .init(start: nil, count: 0), sender: sender, details: nil)
            _ = log.append(arena)
            if count % 100 == 0 { _ = log.last(saidBy: name) }
        }
        #expect(log.last(saidBy: "n0") == nil)
        #expect(log.last(saidBy: "n19999") != nil)
        #expect(log.speakers.count <= 4 * 2_048)
    }

    @Test func `an empty log has nothing anywhere`() {
        let log = MessageLog(room: "r")
        #expect(log.start == 0 && log.end == 0)
        #expect(log.messages(from: 0, atMost: 10).isEmpty)
        #expect(log.messages(from: 7, atMost: 10).isEmpty)
        #expect(log.position(after: 0) == 0)
        #expect(log.last(saidBy: "a") == nil && log.message(numbered: 1) == nil)
        #expect(log.forEachRun(from: 0) { _, _ in Issue.record("a run") } == 0)
    }

    @Test func `a text longer than a batch of the log gets one of its own`() {
        let log = MessageLog(room: "r")
        let text = String(repeating: "x", count: 300_000)
        let arena = MessageArena(room: "r", capacity: 3, bytes: 8)
        let sender = Sender(name: "a", key: "a", bridge: "b", identity: 1)
        for text in ["antes", text, "después"] {
            Array(text.utf8).withUnsafeBytes {
                arena.append(MessageHeader(), copying: $0, sender: sender, details: nil)
            }
        }
        #expect(log.append(arena) == 3)
        #expect(log.messages(from: 0, atMost: 5).map(\.text) == ["antes", text, "después"])
    }

    @Test func `what a log has let go is freed`() {
        var bounds = MessageLog.Limits()
        bounds.bytes = 100_000
        let log = MessageLog(room: "r", bounds: bounds)
        let sender = Sender(name: "a", key: "a", bridge: "b", identity: 1)
        weak var first: ByteStorage?
        for count in 0..<10 {
            let arena = MessageArena(room: "r", capacity: 1, bytes: 8)
            [UInt8](repeating: 120, count: 90_000).withUnsafeBytes {
                arena.append(MessageHeader(), copying: $0, sender: sender, details: nil)
            }
            _ = log.append(arena)
            if count == 0 { first = log.messages(from: 0, atMost: 1)[0].body.storage }
        }
        #expect(log.start > 0)
        #expect(first == nil)
    }
}

/// A log and all that was ever said in it.
private struct LogModel {
    struct Said {
        let number: MessageNumber
        let text: String
        let name: String
        let isSaid: Bool
    }

    var random: Seeded
    let log: MessageLog
    var all: [Said] = []
    var lastNumber: MessageNumber = 0
    private let senders = (0..<12).map {
        Sender(name: "s\($0)", key: "s\($0)", bridge: "b", identity: UInt64($0))
    }

    init(seed: UInt64, messages: Int, bytes: Int) {
        random = Seeded(seed)
        var bounds = MessageLog.Limits()
        bounds.messages = messages
        bounds.bytes = bytes
        log = MessageLog(room: "r", bounds: bounds)
    }

    mutating func randomPosition() -> LogPosition {
        0 + Int.random(in: 0...log.end.index, using: &random)
    }

    /// The number of the oldest text kept.
    var firstText: MessageNumber {
        log.texts(in: 0..<LogPosition.max, atMost: .max).first?.number ?? .max
    }

    /// Returns whether a message has its place among the messages, not only among the texts.
    func isInBatches(_ said: Said) -> Bool {
        log.messages(from: log.start, atMost: 1).first.map { said.number >= $0.number } ?? false
    }

    /// A batch as the bus leaves it: numbered, with gaps, some dropped.
    mutating func append() {
        let count = Int.random(in: 1...40, using: &random)
        let batch = Batch(room: "r", capacity: count, bytes: 16)
        var passed = 0
        for _ in 0..<count {
            lastNumber += Int.random(in: 1...3, using: &random)
            var header = MessageHeader()
            header.number = lastNumber
            let length = random.chance(2) ? 5_000 : Int.random(in: 0...60, using: &random)
            let text = String(repeating: "x", count: length)
            let sender = senders[Int.random(in: 0..<12, using: &random)]
            header.kind = random.chance(90) ? .message : random.chance(50) ? .edit : .join
            let isDropped = random.chance(20)
            Array(text.utf8).withUnsafeBytes {
                batch.arena.append(header, copying: $0, sender: sender, details: nil)
            }
            if isDropped {
                batch.drop(batch.count - 1, Drop(code: "dropped", reason: "by chance"))
                continue
            }
            passed += 1
            all.append(
                Said(
                    number: lastNumber, text: text, name: sender.name, isSaid: header.kind != .join)
            )
        }
        #expect(log.append(batch.arena) == passed)
    }
}
