import TestSupport
import Testing

@testable import MessageBus

@Suite(.timeLimit(.minutes(10))) struct LineBlockTests {
    private func block(_ lines: [(String, name: String, UInt64)]) -> LineBlock {
        let block = LineBlock()
        for (text, name, position) in lines {
            block.begin(LineBlock.Origin(name: name, channel: "/\(name)"), at: position)
            Array(text.utf8).withUnsafeBytes { _ = block.append($0, at: position) }
        }
        return block
    }

    @Test func `lines come in as messages that know where they stood`() async throws {
        let bus = try TestBus()
        let port = await bus.port("tail")
        let reader = await bus.port("reader")
        let large = UInt64(1) << 40
        let lines: [(String, name: String, UInt64)] = [
            ("one", "a", 0), ("two", "a", 4), ("three", "b", 7), ("four", "a", large),
            ("five\nsix", "a", 0),
        ]
        let dropped = try await port.publish([block(lines)], checkpoints: [])
        #expect(dropped == 0)
        var iterator = reader.messages.makeAsyncIterator()
        for line in lines {
            let message = try #require(await iterator.next())
            #expect(message.text == line.0)
            #expect(message.sender.name == "\(line.name) (tail)")
            #expect(message.origin == Origin(channel: "/\(line.name)", remoteID: "\(line.2)"))
            #expect(message.hasSeveralLines == line.0.utf8.contains(UInt8(ascii: "\n")))
        }
    }

    @Test func `lines that have waited carry the time of their file`() async throws {
        let bus = try TestBus()
        let port = await bus.port("tail")
        let reader = await bus.port("reader")
        let now = bus.clock.wall()
        let block = LineBlock()
        let origin = LineBlock.Origin(name: "a", channel: "/a")
        let times: [Timestamp] = [
            now - .milliseconds(3_600_500), now - .seconds(30), now + .seconds(5), .epoch,
            now - .seconds(12 * 365 * 86_400), now - .seconds(7_200),
        ]
        for (index, time) in times.enumerated() {
            block.begin(origin, at: UInt64(index), said: time)
            Array("line \(index)".utf8).withUnsafeBytes {
                _ = block.append($0, at: UInt64(index))
            }
        }
        _ = try await port.publish([block], checkpoints: [])
        var iterator = reader.messages.makeAsyncIterator()
        for (index, time) in times.enumerated() {
            let message = try #require(await iterator.next())
            let isKept = [0, 5].contains(index)
            let second = Timestamp(milliseconds: time.milliseconds / 1_000 * 1_000)
            #expect(message.time == (isKept ? second : now), "\(index)")
            #expect(message.received == now)
            #expect(message.origin?.remoteID == "\(index)")
        }
    }

    @Test func `checkpoints are kept with them`() async throws {
        let bus = try TestBus()
        let port = await bus.port("tail")
        let checkpoint = Checkpoint(key: "x", state: [1])
        _ = try await port.publish([block([("one", "a", 0)])], checkpoints: [checkpoint])
        #expect(try await port.checkpoint("x") == [1])
    }

    @Test func `what a middleware drops is counted and no loss`() async throws {
        let bus = try TestBus(middlewares: [DropAll()])
        let port = await bus.port("tail")
        #expect(
            try await port.publish([block([("one", "a", 0), ("two", "a", 4)])], checkpoints: [])
                == 2)
    }

    @Test func `nothing but white space is no message, and controls are removed`() {
        let block = block([(" \t ", "a", 0), ("x\u{1B}y\u{0}", "a", 4)])
        #expect(block.count == 1)
    }

    @Test func `control characters are seen beside bytes that are not UTF-8`() async throws {
        let lines: [([UInt8], hadControls: Bool)] = [
            ([0xE9, 0x1B], true), ([0xE9, 0x1B, 0x1B, 0xE9], true), ([0xE9, 0x61], false),
            ([0x61, 0x0D, 0x0A, 0x62], false), ([0x61, 0x0D, 0x62, 0x1B], true),
        ]
        let bus = try TestBus()
        let port = await bus.port("tail")
        let reader = await bus.port("reader")
        let block = LineBlock()
        block.begin(LineBlock.Origin(name: "a", channel: "/a"), at: 0)
        for (bytes, _) in lines { bytes.withUnsafeBytes { _ = block.append($0, at: 0) } }
        _ = try await port.publish([block], checkpoints: [])
        var iterator = reader.messages.makeAsyncIterator()
        for (bytes, hadControls) in lines {
            let message = try #require(await iterator.next())
            #expect(message.hadControlCharacters == hadControls, "\(bytes)")
        }
    }

    @Test func `a block is full after so many lines or bytes`() {
        let small = LineBlock(lines: 2, bytes: 10)
        #expect(small.hasCapacity(for: 100))
        small.begin(LineBlock.Origin(name: "a", channel: "/a"), at: 0)
        Array("12345678".utf8).withUnsafeBytes { _ = small.append($0, at: 0) }
        #expect(small.hasCapacity(for: 2))
        #expect(!small.hasCapacity(for: 3))
        Array("x".utf8).withUnsafeBytes { _ = small.append($0, at: 9) }
        #expect(!small.hasCapacity(for: 0))
    }

    @Test func `after the end nothing is taken`() async throws {
        let bus = try TestBus()
        let port = await bus.port("tail")
        await bus.bus.end()
        await #expect(throws: PortError.stopped) {
            _ = try await port.publish([self.block([("one", "a", 0)])], checkpoints: [])
        }
    }
}

private struct DropAll: Middleware {
    func handle(_ message: inout Message) -> Verdict { .drop("no") }
}
