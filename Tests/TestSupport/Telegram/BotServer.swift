import Foundation
import Sockets

/// A stand-in for Telegram's Bot API on loopback, as strict as the real one.
///
/// It notes every misbehaviour of its client, and misbehaves itself where a test asks for it. Safe
/// from any thread.
package final class BotServer: Sendable {
    /// A token like those of the real one.
    package static let token = "123456789:AAF-stand_in-TOKEN-that-must-not-be-seen"

    private let server: TestHTTPServer
    private let desk: BotDesk

    /// Starts one.
    package init(clock: any LoopClock = SystemClock(), port: UInt16 = 0) throws {
        let desk = BotDesk()
        server = try TestHTTPServer(clock: clock, port: port) { desk.take($0, $1) }
        self.desk = desk
        let loop = server.loop
        loop.perform { desk.open(loop) }
    }

    /// Where it is, for `api`.
    package var url: String { server.url }

    /// Its port on 127.0.0.1.
    package var port: UInt16 { server.port }

    /// Runs a function where it can see and change everything.
    @discardableResult
    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (BotDesk) -> Value
    ) async -> Value {
        let desk = desk
        return await server.perform { body(desk) }
    }

    /// Says that its clock was turned.
    package func clockHasChanged() { server.loop.clockHasChanged() }

    /// Closes all connections.
    package func closeConnections() { server.closeConnections() }
}
