import TestSupport
import Testing

@testable import MessageBus

@Suite struct ChainTests {
    private struct Reject: Middleware {
        func handle(_ message: inout Message) -> Verdict { .drop("no", code: "rate-limited") }
    }

    private struct Fail: Middleware {
        struct Broken: Error {}
        func handle(_ message: inout Message) throws -> Verdict {
            message.text = "half done"
            if message.number.rawValue % 2 == 0 { throw Broken() }
            return .pass
        }
    }

    private struct Rewrite: Middleware {
        let text: String
        func handle(_ message: inout Message) -> Verdict {
            message.text = text
            return .pass
        }
    }

    private struct Append: Middleware {
        let suffix: String
        func handle(_ message: inout Message) -> Verdict {
            if message.number.rawValue % 3 == 0 { message.text += suffix }
            if message.number.rawValue % 5 == 0 {
                message.text = "gone"
                return .drop("five")
            }
            return .pass
        }
    }

    private struct Count: Middleware {
        let seen: Tally
        func handle(_ message: inout Message) -> Verdict {
            seen.add(
                "\(message.kind) \(message.sender.name)@\(message.sender.bridge): \(message.text)")
            return .pass
        }
    }

    private static func batch(
        _ texts: [String], room: String = "general", kind: Message.Kind = .message,
        name: String = "ana", bridge: String = "tcp"
    ) -> Batch {
        let batch = Batch(room: room, capacity: max(1, texts.count), bytes: 8)
        let sender = Sender(name: name, key: name, bridge: bridge, identity: 1)
        for (index, text) in texts.enumerated() {
            var header = MessageHeader()
            header.kind = kind
            header.number = MessageNumber(rawValue: UInt64(index + 1))
            Array(text.utf8).withUnsafeBytes {
                batch.arena.append(header, copying: $0, sender: sender, details: nil)
            }
        }
        return batch
    }

    private static func passed(_ batch: Batch) -> [String] {
        (0..<batch.count).filter { !batch.arena[$0].flags.contains(.dropped) }
            .map { batch.arena.message(at: $0).text }
    }

    private static func chain(
        _ middlewares: any Middleware..., where condition: Condition = Condition()
    ) -> Chain {
        Chain(middlewares.map { Chain.Step(label: "t", condition: condition, middleware: $0) })
    }

    @Test func `a drop ends a message: no later step sees it`() {
        let tally = Tally()
        let chain = Self.chain(Reject(), Count(seen: tally))
        let batch = Self.batch(["uno", "dos"])
        chain.judge(batch)
        #expect(Self.passed(batch).isEmpty)
        #expect(
            batch.drops.map(\.drop)
                == Array(repeating: Drop(code: "rate-limited", reason: "no"), count: 2))
        #expect(tally.all.isEmpty)
    }

    @Test func `a step that throws drops the message and keeps what it half wrote to itself`() {
        let tally = Tally()
        let chain = Self.chain(Fail(), Count(seen: tally))
        let batch = Self.batch(["uno", "dos", "tres"])
        chain.judge(batch)
        #expect(Self.passed(batch) == ["half done", "half done"])
        #expect(batch.failures.map(\.count) == [1])
        #expect(batch.drops.map(\.index) == [1])
    }

    @Test func `what a step wrote is what the next one reads`() {
        let texts = (1...40).map { "message \($0)" }
        let chain = Self.chain(Append(suffix: " a"), Append(suffix: " b"))
        let batch = Self.batch(texts)
        chain.judge(batch)
        let expected = texts.enumerated().filter { ($0.offset + 1) % 5 != 0 }
            .map { ($0.offset + 1) % 3 == 0 ? "\($0.element) a b" : $0.element }
        #expect(Self.passed(batch) == expected)
    }

    @Test(arguments: [
        ("a\u{1B}[2Jb", "a[2Jb"), ("a\r\nb\rc", "a\nb\nc"), ("\u{202E}x\u{2066}", "x"),
        ("uno\u{2028}dos", "uno dos"),
    ])
    func `what a step writes is cleaned`(written: String, expected: String) {
        let tally = Tally()
        let chain = Self.chain(Rewrite(text: written), Count(seen: tally))
        let batch = Self.batch(["hola"])
        chain.judge(batch)
        #expect(Self.passed(batch) == [expected])
        #expect(tally.all == ["message ana@tcp: \(expected)"])
        #expect(
            batch.arena[0].flags.contains(.hasLines)
                == expected.utf8.contains(UInt8(ascii: "\n")))
    }

    @Test(arguments: ["", " \t", "\u{0}\u{85}"])
    func `a text of which a step leaves nothing is dropped`(written: String) {
        let tally = Tally()
        let chain = Self.chain(Rewrite(text: written), Count(seen: tally))
        let batch = Self.batch(["hola"])
        chain.judge(batch)
        #expect(Self.passed(batch) == [])
        #expect(tally.all == [])
        #expect(batch.drops.map(\.drop.code) == ["dropped"])
    }

    @Test func `bytes that are no text are repaired when a step writes them`() {
        struct Broken: Middleware {
            func handle(_ message: inout Message) -> Verdict {
                message.body = [UInt8]([0x61, 0xFF, 0x62]).withUnsafeBytes { Body(copying: $0) }
                return .pass
            }
        }
        let batch = Self.batch(["hola"])
        Self.chain(Broken()).judge(batch)
        #expect(Self.passed(batch) == ["a\u{FFFD}b"])
    }

    @Test func `conditions choose by room, bridge, sender and kind`() {
        func seen(_ condition: Condition) -> Set<String> {
            let tally = Tally()
            let chain = Self.chain(Count(seen: tally), where: condition)
            for room in ["general", "juegos"] {
                for bridge in ["tcp", "tail"] {
                    for name in ["ana", "app.log (tail)"] {
                        for kind in Message.Kind.allCases {
                            let text = "\(room)"
                            chain.judge(
                                Self.batch(
                                    [text], room: room, kind: kind, name: name, bridge: bridge))
                        }
                    }
                }
            }
            return Set(tally.all)
        }
        let all = seen(Condition(kinds: Condition.Kind.allCases))
        #expect(all.count == 2 * 2 * 2 * 5)
        let said = all.filter { $0.hasPrefix("message ") || $0.hasPrefix("edit ") }
        #expect(seen(Condition()) == said)
        #expect(seen(Condition(kinds: [.edit])) == all.filter { $0.hasPrefix("edit ") })
        #expect(
            seen(Condition(kinds: [.rename, .edit]))
                == all.filter { $0.hasPrefix("rename ") || $0.hasPrefix("edit ") })
        #expect(
            seen(Condition(rooms: ["jue*"]))
                == said.filter { $0.hasSuffix(": juegos") })
        #expect(
            seen(Condition(bridges: ["ta??"], senders: ["a?a", "nobody"]))
                == said.filter { $0.contains(" ana@tail") })
    }

    @Test(arguments: [
        ("pesado", true), ("PESADO", true), ("pes*", true), ("P??ADO", true), ("otro", false),
        ("pesado (*)", false),
    ])
    func `senders are compared as names are`(glob: String, isMeant: Bool) {
        let chain = Chain([
            Chain.Step(
                label: "reject", condition: Condition(senders: [Glob(glob)]), middleware: Reject())
        ])
        let batch = Self.batch(["hola"])
        batch.arena.senders[0] = Sender(name: "Pesado", key: "pesado", bridge: "tcp", identity: 1)
        chain.judge(batch)
        #expect(batch.drops.isEmpty == !isMeant)
    }

    @Test func `a condition holds for each message of a mixed batch`() {
        let batch = Batch(room: "general", capacity: 8, bytes: 8)
        let people = ["ana", "bob"].map { Sender(name: $0, key: $0, bridge: "tcp", identity: 1) }
        for index in 0..<8 {
            var header = MessageHeader()
            header.kind = index % 4 == 3 ? .join : .message
            Array("\(index)".utf8).withUnsafeBytes {
                batch.arena.append(header, copying: $0, sender: people[index % 2], details: nil)
            }
        }
        let tally = Tally()
        let chain = Chain([
            Chain.Step(
                label: "reject", condition: Condition(senders: ["bob"]), middleware: Reject()),
            Chain.Step(label: "count", condition: Condition(), middleware: Count(seen: tally)),
        ])
        chain.judge(batch)
        #expect(Self.passed(batch) == ["0", "2", "3", "4", "6", "7"])
        #expect(tally.all.map(\.last) == ["0", "2", "4", "6"])
        #expect(batch.arena.all.allSatisfy { !$0.flags.contains(.passedOver) })
    }

    @Test func `a body that is kept does not change when the batch is used again`() {
        struct Keep: Middleware {
            let kept: Shelf
            func handle(_ message: inout Message) -> Verdict {
                kept.add(message)
                return .pass
            }
        }
        let shelf = Shelf()
        let chain = Self.chain(Keep(kept: shelf), Append(suffix: " y más"))
        let batch = Batch(room: "general", capacity: 16, bytes: 64)
        let sender = Sender(name: "ana", key: "ana", bridge: "tcp", identity: 1)
        var expected: [String] = []
        for round in 0..<50 {
            batch.removeAll()
            for index in 0..<16 {
                var header = MessageHeader()
                header.number = MessageNumber(rawValue: UInt64(index))
                let text = "round \(round) message \(index)"
                expected.append(text)
                Array(text.utf8).withUnsafeBytes {
                    batch.arena.append(header, copying: $0, sender: sender, details: nil)
                }
            }
            chain.judge(batch)
            if round % 3 == 0 { batch.removeMessages() }
            if round % 7 == 0 {
                batch.removeAll()
                batch.arena.shrink(to: 64)
            }
        }
        #expect(shelf.all.map(\.text) == expected)
        #expect(
            shelf.all.map { $0.body.withBytes { String(decoding: $0, as: UTF8.self) } } == expected)
    }
}

/// Collects messages.
private final class Shelf: @unchecked Sendable {  // each test uses it on one thread
    private(set) var all: [Message] = []
    func add(_ message: Message) { all.append(message) }
}
