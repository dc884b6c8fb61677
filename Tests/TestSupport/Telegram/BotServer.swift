import Foundation
import Sockets

/// A server of Telegram's Bot API on loopback, as strict as the real one.
///
/// It records every misbehaviour of its client, and misbehaves itself if a test asks for it. Owned
/// by the test; safe from any thread.
package final class BotServer: Sendable {
    /// A token like those of the real one.
    package static let token = "123456789:AAF-stand_in-TOKEN-that-must-not-be-seen"

    private let server: TestHTTPServer
    private let state: BotServerState

    /// Starts one.
    package init(clock: any TimeSource = SystemClock(), port: UInt16 = 0) throws {
        let state = BotServerState()
        server = try TestHTTPServer(clock: clock, port: port) { state.answer($0, $1) }
        self.state = state
        let loop = server.loop
        loop.perform { state.open(loop) }
    }

    /// Its address, for `api`.
    package var url: String { server.url }

    /// Its port on 127.0.0.1.
    package var port: UInt16 { server.port }

    /// Runs a function where it can see and change everything.
    @discardableResult
    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (BotServerState) -> Value
    ) async -> Value {
        let state = state
        return await server.perform { body(state) }
    }

    /// Returns when something holds of its state after a call, or the task is cancelled.
    package func until(_ test: @escaping @Sendable (BotServerState) -> Bool) async {
        let (loop, state) = (server.loop, state)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.perform { state.resume(continuation, when: test) }
            }
        } onCancel: {
            loop.perform { state.endWaits() }
        }
    }

    /// Tells its loop that the clock was advanced.
    package func clockHasChanged() { server.loop.clockHasChanged() }

    /// Closes all connections.
    package func closeConnections() { server.closeConnections() }
}
