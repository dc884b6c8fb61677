import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Readers that the room's buffer has overtaken go on from the store.
///
/// A kernel keeps megabytes for a client that does not read, so there is much to say; one test at a
/// time.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ChatReplayTests {
    private struct Talk {
        let host: ChatHost
        let port: Port
        let fast: ChatClient
        let slow: ChatClient
        var random: Seeded
        var said = 0
        /// True if somebody comes and goes now and then.
        var hasGuests = true

        init(seed: UInt64, store: MemoryStore, echo: Bool = true) async throws {
            host = try await ChatHost(
                [
                    .init {
                        $0.options.buffer = .kibibytes(64)
                        $0.options.echo = echo
                        // The kernel goes by its own clock, and a sanitizer takes minutes to say
                        // what the slow one does not read.
                        $0.options.stalledAfter = .seconds(3_600)
                    }
                ], rooms: ["general", "logs"], store: store)
            fast = try await host.client()
            slow = try await host.client("lenta", receiveBuffer: 4_096)
            port = await host.port()
            random = Seeded(seed)
            _ = try await slow.barrier()
            _ = try await fast.barrier()
        }

        /// Says this many lines in messages of all kinds.
        ///
        /// The fast reader keeps up, and the lines it reads are returned.
        mutating func say(_ count: Int) async throws -> [String] {
            var lines: [String] = []
            for _ in 0..<count / 20 {
                var drafts: [Draft] = []
                for _ in 0..<20 {
                    said += 1
                    drafts.append(draft())
                }
                try await port.publish(drafts)
                if hasGuests, random.chance(10) {
                    try await host.client("paso\(said)").close()
                }
                lines += try await fast.barrier()
            }
            return lines
        }

        private mutating func draft() -> Draft {
            let parts = random.chance(20) ? Int.random(in: 2...6, using: &random) : 1
            let length = Int.random(in: 1...3_000, using: &random)
            let text = (0..<parts).map { "\(said).\($0) ñ" + String(repeating: "x", count: length) }
            var draft = Draft(text.joined(separator: "\n"), from: "eco\(said % 3)")
            if random.chance(10) {
                draft.reply = Quotation(number: 1, name: "ana", excerpt: "hola")
            }
            if random.chance(5) { draft.kind = .edit }
            return draft
        }
    }

    @Test(arguments: Seeded.some.suffix(2))
    func `a slow reader misses nothing that the store has`(seed: UInt64) async throws {
        let store = MemoryStore()
        var talk = try await Talk(seed: seed, store: store)
        var expected: [String] = []
        for _ in 0..<3 {
            expected += try await talk.say(1_200)
            // It takes some of it, and falls behind again.
            let taken = try await talk.slow.lines(300)
            #expect(taken == Array(expected.prefix(300)))
            expected.removeFirst(300)
        }
        let rest = try await talk.slow.barrier()
        #expect(rest.count == expected.count && zip(rest, expected).allSatisfy(==))
        #expect(store.reads > 0)
        try await talk.host.stop()
    }

    @Test func `a client's own lines do not come from the store either`() async throws {
        var talk = try await Talk(seed: 1, store: MemoryStore(), echo: false)
        var expected: [String] = []
        for round in 0..<20 {
            expected += try await talk.say(100)
            try talk.slow.send("lenta: yo \(round)\n")
            while try await talk.fast.line() != "lenta: yo \(round)" {}
        }
        let lines = try await talk.slow.barrier()
        #expect(lines == expected)
        try await talk.host.stop()
    }

    @Test func `a store that is behind is waited for`() async throws {
        let store = MemoryStore()
        var talk = try await Talk(seed: 2, store: store)
        store.hold()
        let expected = try await talk.say(1_600)
        let first = try await talk.slow.lines(100)
        store.release()
        let rest = try await talk.slow.barrier()
        #expect(first + rest == expected)
        try await talk.host.stop()
    }

    @Test func `without the store, lines that are gone are skipped and counted`() async throws {
        let store = MemoryStore()
        var talk = try await Talk(seed: 3, store: store)
        store.change(to: .fails)
        let expected = try await talk.say(1_600)
        let lines = try await talk.slow.barrier()
        let skipped = lines.compactMap(ChatLines.skipped)
        #expect(skipped.reduce(0, +) > 0)
        #expect(lines.count - skipped.count + skipped.reduce(0, +) == expected.count)
        try await talk.host.stop()
    }

    @Test(arguments: Seeded.some.suffix(2))
    func `a client that changes rooms while it catches up is told what it missed`(seed: UInt64)
        async throws
    {
        var talk = try await Talk(seed: seed, store: MemoryStore())
        let expected = try await talk.say(1_600)
        let first = try await talk.slow.lines(
            Int.random(in: 1...expected.count * 9 / 10, using: &talk.random))
        try talk.slow.send("/join logs\n")
        let rest = try await talk.slow.barrier()
        #expect(
            rest.suffix(2) == ["lenta se ha unido al chat.", "servidor: [ok] Estás en logs."])
        let lines = first + rest.dropLast(2)
        let skips = lines.compactMap(ChatLines.skipped)
        let seen = lines.filter { ChatLines.skipped($0) == nil }
        #expect(seen.count + skips.reduce(0, +) == expected.count + 1)
        try await talk.host.stop()
    }

    @Test(arguments: Seeded.some.suffix(2))
    func `a store that fails in the middle leaves nothing out uncounted`(
        seed: UInt64
    ) async throws {
        let store = MemoryStore()
        var talk = try await Talk(seed: seed, store: store)
        let expected = try await talk.say(1_600)
        let first = try await talk.slow.lines(
            Int.random(in: 1...expected.count * 9 / 10, using: &talk.random))
        store.change(to: .fails)
        let lines = try await first + talk.slow.barrier()
        let skips = lines.compactMap(ChatLines.skipped)
        #expect(lines.count - skips.count + skips.reduce(0, +) == expected.count)
        #expect(Set(lines.filter { ChatLines.skipped($0) == nil }).isSubset(of: expected))
        try await talk.host.stop()
    }

    @Test func `a client that has left gets nothing that was said later`() async throws {
        var talk = try await Talk(seed: 5, store: MemoryStore())
        talk.hasGuests = false
        let expected = try await talk.say(1_600)
        try talk.slow.send("/quit\n")
        #expect(try await talk.fast.line() == "lenta ha abandonado el chat.")
        _ = try await talk.say(1_600)
        let lines = try await talk.slow.rest()
        let owed = expected + ["lenta ha abandonado el chat."]
        let odd = zip(lines, owed).first { $0 != $1 }
        #expect(lines.count == owed.count && odd == nil)
        try await talk.host.stop()
    }

    @Test func `an earlier owner of the name is somebody else`() async throws {
        var talk = try await Talk(seed: 6, store: MemoryStore(), echo: false)
        talk.hasGuests = false
        let eva = try await talk.host.client("eva")
        var expected = try await talk.say(1_200)
        for round in 0..<20 {
            try eva.send("eva: \(round)\n")
            expected += ["eva: \(round)"]
        }
        let heard = try await talk.fast.lines(20)
        #expect(heard == Array(expected.suffix(20)))
        try eva.send("/nick otra\n")
        expected.append("eva ahora es otra.")
        #expect(try await talk.fast.line() == expected.last)
        expected += try await talk.say(1_200)
        try talk.slow.send("/nick eva\n")
        expected.append("lenta ahora es eva.")
        let lines = try await talk.slow.barrier()
        let odd = zip(lines, expected).first { $0 != $1 }
        #expect(lines.count == expected.count && odd == nil)
        try await talk.host.stop()
    }

    @Test func `a client that leaves while the store is behind gets all it is owed`() async throws {
        let store = MemoryStore()
        var talk = try await Talk(seed: 4, store: store)
        store.hold()
        let expected = try await talk.say(1_600)
        try talk.slow.send("/quit\n")
        store.release()
        let lines = try await talk.slow.rest()
        #expect(lines.count == expected.count + 1 && lines.last == "lenta ha abandonado el chat.")
        try await talk.host.stop()
    }
}
