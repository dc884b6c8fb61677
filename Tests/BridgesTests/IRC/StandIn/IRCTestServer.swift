import Foundation
import IRC
import Sockets
import TestSupport

/// An IRC server for tests, on a loop of its own: it does what the state says, and keeps what it
/// was told.
///
/// Safe from any thread.
final class IRCTestServer: Sendable {
    private let loop: EventLoop
    private let state: ServerState
    /// The port of 127.0.0.1 where it listens.
    let port: UInt16

    /// Starts a server.
    ///
    /// - Parameter certificate: it speaks TLS if there is one.
    init(certificate: TestCertificate? = nil) throws {
        let loop = try EventLoop()
        let context = try certificate?.files.load()
        state = try ServerState(on: loop, context)
        port = state.port
        self.loop = loop
        try loop.start(named: "test irc")
    }

    deinit {
        let state = state
        loop.perform { state.close() }
        loop.stop()
    }

    /// Does something with the state, after all that has arrived before was obeyed.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (ServerState) -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            let state = state
            loop.perform { continuation.resume(returning: body(state)) }
        }
    }

    /// Sends a line to all clients that are welcome.
    func emit(_ line: String) async { await perform { $0.emit(line) } }

    /// Has somebody say something.
    func say(_ text: String, in channel: String = "#swift", by nick: String = "ana") async {
        await emit(":\(nick)!\(nick)@example.org PRIVMSG \(channel) :\(text)")
    }

    /// Returns the texts that a channel was told.
    func texts(_ channel: String = "#swift") async -> [String] {
        await perform { state in state.said.filter { $0.channel == channel }.map(\.text) }
    }
}
