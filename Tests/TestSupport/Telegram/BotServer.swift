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

/// What the stand-in does wrong, once.
package enum BotFault: Sendable, CaseIterable {
    /// A proxy's page, the request not passed on.
    case page
    /// The connection is closed, the request not looked at.
    case closed
    /// The request is done, the connection closed.
    case closedAfter
    /// The same inside the head of the answer.
    case halfHead
    /// The same inside the body.
    case halfBody
    /// The same, and what comes is no JSON.
    case nonsense
    /// Nothing comes, the request not looked at.
    case silence
    /// The request is done, and nothing comes.
    case silenceAfter
    /// 429, with a few seconds to wait.
    case flood
    /// 500 in Telegram's own words.
    case restart

    /// Whether the request is done in spite of it.
    package var isDone: Bool {
        switch self {
        case .closedAfter, .halfHead, .halfBody, .nonsense, .silenceAfter: true
        default: false
        }
    }
}
