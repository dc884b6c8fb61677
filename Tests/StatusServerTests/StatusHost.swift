import MessageBus
import Sockets
import StatusServer
import TestSupport

/// A status server on a port of its own, about a bus whose time a test turns by hand.
///
/// Safe from any thread.
final class StatusHost: Sendable {
    let test: TestBus
    let monitor: StatusMonitor
    let server: StatusServer
    let errors = RecentErrors()
    let reload = ReloadOutcome(startedAt: Timestamp(milliseconds: 1_735_689_600_000))
    let port: UInt16

    /// Starts a bus and a server.
    ///
    /// - Parameter address: the address to listen on.
    init(
        at address: String = "127.0.0.1", store: any MessageStore = VolatileStore()
    ) async throws {
        let test = try TestBus(store: store)
        self.test = test
        let monitor = StatusMonitor(
            test.bus, on: test.loop, clock: test.clock, startedAt: 1_735_689_600_000,
            reload: reload, errors: errors)
        self.monitor = monitor
        test.loop.perform { monitor.start() }
        await test.settle()
        server = try StatusServer(
            monitor, on: SocketAddress.resolve(host: address, port: 0), .en, log: test.log.log)
        let digits = server.addresses.first?.split(separator: ":").last ?? ""
        port = UInt16(digits) ?? 0
    }

    deinit { server.close() }

    /// Asks for something.
    func get(
        _ path: String, _ fields: [String] = [], method: String = "GET",
        host: String = "localhost"
    ) async throws -> LoopbackAnswer {
        try await LoopbackAnswer(method, path, fields, host: host, port: port)
    }

    /// Turns the clock a second at a time, as a heartbeat needs it.
    func advance(seconds: Int) async {
        for _ in 0..<seconds {
            test.advance(by: .seconds(1))
            // The loop may have read its clock just before, and looks at its timers a turn later.
            await test.settle()
            await test.settle()
        }
    }
}
