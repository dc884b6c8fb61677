import Locking
import MessageBus
import TestSupport
import Testing

@testable import Sockets
@testable import WebBridge

/// Lists of earlier messages, which many ask for at once.
@Suite(.timeLimit(.minutes(10))) struct ListProductionTests {
    /// The permits that are taken: touched on the loop only.
    private final class Taken: @unchecked Sendable {  // see above
        var permits: [ListProduction.Permit] = []
    }

    /// Events, as the tests count them: safe from any thread.
    private final class Tally: Sendable {
        let turns = Locked(0)
        let order = Locked<[String]>([])
        let bytes = Locked(0)
    }

    private let test: TestBus
    private let lists: ListProduction
    private let taken = Taken()
    private let tally = Tally()

    init() throws {
        test = try TestBus()
        lists = ListProduction(on: test.loop)
        let (loop, lists, tally) = (test.loop, lists, tally)
        loop.perform {
            loop.atTurnEnd {
                tally.turns.withLock { $0 += 1 }
                lists.resumePaused()
            }
        }
    }

    private func host(_ address: String) -> HostKey? {
        SocketAddress.ipBytes(address).flatMap { SocketAddress.ip($0, port: 0) }?.host
    }

    private func grant(_ address: String) async throws {
        let (lists, taken, host) = (lists, taken, host(address))
        try await test.bus.produce { bus in
            let permit = try await lists.begin(for: host, bus)
            taken.permits.append(permit)
        }
    }

    @Test func `an address has four permits, whatever others do`() async throws {
        for _ in 0..<4 { try await grant("192.0.2.1") }
        let fifth = Task {
            try await grant("192.0.2.1")
            tally.order.withLock { $0.append("fifth") }
        }
        for _ in 0..<20 { await test.settle() }
        for _ in 0..<4 { try await grant("192.0.2.2") }
        tally.order.withLock { $0.append("let go") }
        await test.bus.perform { [taken] _ in _ = taken.permits.removeFirst() }
        try await fifth.value
        #expect(tally.order.withLock { $0 } == ["let go", "fifth"])
        await test.bus.perform { [taken] _ in taken.permits = [] }
    }

    @Test func `a list that is not taken keeps its permit`() async throws {
        for _ in 0..<4 { try await grant("192.0.2.1") }
        await test.bus.perform { [taken, lists] _ in
            for permit in taken.permits { lists.record(permit, bytes: 1_000) }
        }
        let waiting = Task { try await grant("192.0.2.1") }
        for _ in 0..<20 { await test.settle() }
        let count = await test.bus.perform { [taken] _ in taken.permits.count }
        #expect(count == 4)
        await test.bus.perform { [taken] _ in _ = taken.permits.removeLast() }
        try await waiting.value
        await test.bus.perform { [taken] _ in taken.permits = [] }
    }

    @Test func `a long list takes many turns`() async throws {
        let text = String(repeating: "x", count: 20_000)
        let messages = (1...16).map { Message.make(text, number: MessageNumber(rawValue: $0)) }
        let before = tally.turns.withLock { $0 }
        let (lists, tally) = (lists, tally)
        try await test.bus.produce { bus in
            var json: [UInt8] = []
            try await lists.append(messages, to: &json, bus)
            let bytes = json.count
            tally.bytes.withLock { $0 = bytes }
        }
        #expect(tally.bytes.withLock { $0 } > 16 * 20_000)
        #expect(tally.turns.withLock { $0 } - before >= 8)
    }
}

extension Bus {
    /// Runs a function that waits, on the bus.
    fileprivate func produce(
        _ body: @Sendable (isolated Bus) async throws -> Void
    ) async throws { try await body(self) }
}
