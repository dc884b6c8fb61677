import MessageBus
import TestSupport
import Testing

@testable import NATSBridge

extension NATSTests {
    /// An instance whose store is older than what the stream has of it.
    @Suite(.timeLimit(.minutes(10))) struct RestoredStoreTests {
        /// Returns what is left of an instance that has said so many texts, and then as many more.
        private func backup(_ server: NATSServer) async throws -> MemoryStore.Disk {
            let norte = try await FleetHost("norte", server.address)
            await norte.untilConnected()
            for index in 0..<5 { try await norte.say("antes \(index)") }
            await norte.untilSent(5)
            var backup = norte.store.disk
            let last = try await norte.say("lo perdido")
            await norte.untilSent(6)
            norte.run.cancel()
            _ = await norte.run.result
            // As the file says it that was copied when nothing more was reserved.
            backup.next = last
            return backup
        }

        @Test func `no number of a store that was restored is used twice`() async throws {
            let server = try await NATSServer()
            let sur = try await FleetHost("sur", server.address)
            await sur.untilConnected()
            let backup = try await backup(server)
            _ = await sur.read(until: "lo perdido")
            let norte = try await FleetHost("norte", server.address, store: MemoryStore(backup))
            await norte.logged("the store was restored from a backup")
            try await norte.say("después")
            let read = await sur.read(until: "después").map(\.text)
            #expect(read == (0..<5).map { "antes \($0)" } + ["lo perdido", "después"])
        }

        @Test func `what was said before that was known is not taken for something else`()
            async throws
        {
            let server = try await NATSServer()
            let sur = try await FleetHost("sur", server.address)
            await sur.untilConnected()
            let backup = try await backup(server)
            _ = await sur.read(until: "lo perdido")
            server.kill()
            let norte = try await FleetHost("norte", server.address, store: MemoryStore(backup))
            let early = try await norte.say("demasiado pronto")
            try await server.start()
            await norte.logged("message #\(early) is not shared: its number was given before")
            try await norte.say("después")
            #expect(await sur.read(until: "después").last?.text == "después")
        }

        @Test(arguments: [.max, 1 << 63 - 1, 1 << 53, 1 << 45] as [UInt64])
        func `a number that this instance can't have given is not believed`(number: UInt64)
            async throws
        {
            let server = try await NATSServer()
            let before = try await FleetHost("norte", server.address)
            await before.untilConnected()
            try await before.say("antes")
            await before.untilSent(1)
            let id = String(
                decoding: try #require(before.store.disk.checkpoints[""]?["id"]), as: UTF8.self)
            before.run.cancel()
            _ = await before.run.result
            let connection = try BrokerConnection(
                to: server.address, BrokerAccess(servers: [server.address]), name: "test")
            defer { connection.end() }
            var inbox = try BrokerInbox(connection)
            _ = try inbox.request(
                FleetBatch(from: "norte", index: 1, [FleetRecord(number: number)]).encoded,
                to: FleetSubject.room("general", from: id))
            let after = try await FleetHost(
                "norte", server.address, store: MemoryStore(before.store.disk))
            await after.untilConnected()
            let said = try await after.say("después")
            await after.untilSent(2)
            #expect(said.rawValue < 1 << 20)
            #expect(!after.test.log.sentences.contains { $0.contains("restored") })
        }

        @Test func `an instance that only starts again has lost no number`() async throws {
            let server = try await NATSServer()
            let before = try await FleetHost("norte", server.address)
            await before.untilConnected()
            try await before.say("antes")
            await before.untilSent(1)
            before.run.cancel()
            _ = await before.run.result
            let after = try await FleetHost(
                "norte", server.address, store: MemoryStore(before.store.disk))
            await after.untilConnected()
            try await after.say("después")
            await after.untilSent(2)
            #expect(!after.test.log.sentences.contains { $0.contains("restored") })
        }
    }
}
