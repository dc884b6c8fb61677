import Foundation
import MessageBus
import TestSupport
import Testing

/// The example of a durable bridge, killed at its two weak moments.
@Suite(.timeLimit(.minutes(10))) struct SpoolTests {
    private let folder = URL.temporaryDirectory.appending(path: "spool-\(UUID().uuidString)")

    /// A process with the bridge, from what the one before has left on the disk to its end.
    private struct Life {
        let store: MemoryStore
        let bus: TestBus
        let other: Port
        let port: Port
        let run: Task<Void, any Error>

        /// Starts it, and returns when it works.
        init(_ disk: MemoryStore.Disk, in folder: URL) async throws {
            store = MemoryStore(disk)
            bus = try TestBus(store: store)
            other = await bus.port("other")
            port = await bus.port("spool")
            var options = Spool.Options()
            options.incoming = "in"
            options.outgoing = "out"
            var spool = Spool(options, bus.context(directory: folder.path()))
            spool.clock = bus.clock
            run = Task { [bus, port, spool] in try await bus.run(spool, on: port) }
            // It has looked at the directory once, and its place in the room is kept.
            await bus.clock.untilSomebodySleeps()
            await pollUntil { !store.disk.cursors.isEmpty }
        }

        /// Ends it as `kill -9` does: what is not on the disk is gone.
        func kill() async -> MemoryStore.Disk {
            let disk = store.disk
            run.cancel()
            _ = await run.result
            return disk
        }

        /// Lets it look for files once more.
        func look() async {
            await bus.clock.untilSomebodySleeps()
            bus.advance(by: .seconds(1))
        }
    }

    private func put(_ text: String, as name: String) throws {
        let file = folder.appending(path: "in/\(name)")
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    /// The files that were written, in the order of the messages' numbers.
    private func written() throws -> [String] {
        let directory = folder.appending(path: "out")
        return try FileManager.default.contentsOfDirectory(atPath: directory.path())
            .filter { $0.hasSuffix(".txt") }
            .sorted { $0.localizedStandardCompare($1) == .orderedAscending }
            .map { try String(contentsOf: directory.appending(path: $0), encoding: .utf8) }
    }

    @Test func `each file is in the log once, whenever it is killed`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await Life(.init(), in: folder)
        var heard = first.other.messages.makeAsyncIterator()
        first.store.hold()
        try put("one", as: "001")
        try put("two", as: "002")
        await first.look()
        #expect(await heard.next()?.text == "one")
        #expect(await heard.next()?.text == "two")
        // People have read both, and the disk has neither the messages nor the checkpoint.
        let second = try await Life(await first.kill(), in: folder)
        await pollUntil { second.store.disk.messages.count >= 2 }
        // Now it has both: nothing comes again.
        let third = try await Life(await second.kill(), in: folder)
        try put("three", as: "003")
        await third.look()
        await pollUntil { third.store.disk.messages.count >= 3 }
        third.bus.stop()
        try await third.run.value
        #expect(third.store.disk.messages.map(\.text) == ["one", "two", "three"])
    }

    @Test func `each message is one file, whenever it is killed`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await Life(.init(), in: folder)
        let place = first.store.disk.cursors
        try await first.other.publish("hola", from: "ana")
        await pollUntil { first.store.disk.cursors != place }
        #expect(try written() == ["ana (other): hola\n"])
        // Killed when the file was written and the cursor was not yet moved on the disk.
        var disk = await first.kill()
        disk.cursors = place
        let second = try await Life(disk, in: folder)
        try await second.other.publish("adiós", from: "bob")
        second.bus.stop()
        try await second.run.value
        #expect(try written() == ["ana (other): hola\n", "bob (other): adiós\n"])
    }

    @Test func `joins and leaves are not files`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let life = try await Life(.init(), in: folder)
        try await life.other.enter("ana")
        await life.other.rename("ana", to: "eva")
        try await life.other.publish("hola", from: "eva")
        await life.other.leave(["eva"])
        life.bus.stop()
        try await life.run.value
        #expect(try written() == ["eva (other): hola\n"])
    }

    @Test func `a directory that is gone is a failure, after which it is run again`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let life = try await Life(.init(), in: folder)
        try FileManager.default.removeItem(at: folder.appending(path: "in"))
        await life.look()
        await #expect(throws: (any Error).self) { try await life.run.value }
    }
}
