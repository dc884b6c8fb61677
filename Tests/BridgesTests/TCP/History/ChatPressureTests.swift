import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Clients that send more than the store takes are read more slowly.
@Suite(.timeLimit(.minutes(10))) struct ChatPressureTests {
    @Test func `clients are read again when the store keeps up`() async throws {
        let store = MemoryStore()
        let host = try await ChatHost(store: store)
        let ana = try await host.client("ana")
        let reader = try await host.client()
        store.change(to: .lags)
        try ana.send("ana: hola\n")
        try ana.send("ana: adiós\n")
        let port = await host.port()
        async let receipt = port.publish("también", from: "eco")
        await host.test.settle()
        #expect(await host.attachments[0].received(on: host.test.bus) == 1)
        store.change(to: .keepsUp)
        #expect(try await receipt.verdict == .pass)
        let lines = try await reader.lines(3)
        #expect(Set(lines) == ["ana: hola", "ana: adiós", "eco (otro): también"])
        try await host.stop()
    }

    @Test func `a failing store delays only clients that need it`() async throws {
        let store = MemoryStore()
        let host = try await ChatHost(store: store)
        let ana = try await host.client("ana")
        store.hold()
        store.change(to: .failsAndIsFull)
        try ana.send("ana: hola\n")
        #expect(try await ana.line() == "ana: hola")
        let port = await host.port()
        #expect(try await port.publish("también", from: "eco").verdict == .pass)
        async let durable = port.publish(
            [Draft("espera", from: "eco")], checkpoint: Checkpoint(key: "s", state: [1]))
        #expect(try await ana.barrier() == ["eco (otro): también"])
        store.change(to: .fails)
        #expect(try await ana.line() == "eco (otro): espera")
        store.release()
        store.change(to: .keepsUp)
        #expect(try await durable.count == 1)
        #expect(try await port.checkpoint("s") == [1])
        try await host.stop()
    }
}

extension BridgeAttachment {
    fileprivate func received(on bus: Bus) async -> UInt64 {
        await bus.perform { [self] _ in self.received }
    }
}
