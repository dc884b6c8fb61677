import MessageBus
import Sockets

/// What one client sends: bytes that become lines, half a line that waits for its end, and lines
/// that wait while the client is owed an answer from elsewhere.
///
/// Confined to the bus's loop.
final class Inflow {
    private unowned let connection: ChatConnection
    private let server: ChatServer
    private var splitter: LineSplitter
    /// What has come while the connection waits for an answer; empty otherwise.
    private var later = LaterLines()
    /// Ends the lines of a client that has never sent an LF.
    private var silence: LoopTimer?

    init(of connection: ChatConnection) {
        self.connection = connection
        server = connection.server
        splitter = LineSplitter(longest: server.options.maxLine.bytes)
    }

    /// Takes what was read into the server's batch.
    func take(_ bytes: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let connection = connection
        var reader = LineReader(connection, base: bytes.baseAddress)
        splitter.split(bytes) { piece in
            if connection.isTaking { reader.take(piece, bus) } else { keep(piece) }
        }
        reader.flush(bus)
        watchSilence()
    }

    /// Takes half a line as a line, but for as many bytes at its end as the function asks to leave.
    func takeHalfLine(
        leaving: (UnsafeRawBufferPointer) -> Int = { _ in 0 }, _ bus: isolated Bus
    ) {
        let connection = connection
        server.batch.removeAll()
        var reader = LineReader(connection, base: nil)
        splitter.flush(leaving: leaving) { piece in
            if connection.isTaking { reader.take(piece, bus) } else { keep(piece) }
        }
        reader.flush(bus)
    }

    /// Forgets what waits, of somebody who is not listened to any more.
    func end() {
        later = LaterLines()
        silence?.cancel()
    }

    // MARK: - Lines that wait for an answer

    /// Keeps what cannot be taken yet; of who has left, nothing.
    private func keep(_ piece: LineSplitter.Piece) {
        if connection.isWaiting { later.append(piece) }
    }

    /// Takes what had to wait, up to the next question.
    func takeLater(_ bus: isolated Bus) {
        let connection = connection
        var rest = later
        later = LaterLines()
        server.batch.removeAll()
        var reader = LineReader(connection, base: nil)
        while connection.isTaking, rest.takeNext({ reader.take($0, bus) }) {}
        reader.flush(bus)
        if connection.isWaiting { later = rest } else { watchSilence() }
    }

    // MARK: - Clients without line endings

    /// Whether it is, as far as is known, a client that sends no line endings.
    var hasNoEndings: Bool { !splitter.hasSeenEnding }

    /// Sets the timer of a client that sends no line endings, if anything waits for its end.
    private func watchSilence() {
        guard connection.isTaking, hasNoEndings else {
            silence?.cancel()
            return
        }
        guard splitter.hasPending || splitter.isInTooLongLine else { return }
        let silence = silence ?? makeTimer()
        self.silence = silence
        server.loop.set(silence, after: server.flushAfter)
    }

    private func makeTimer() -> LoopTimer {
        LoopTimer { [unowned connection] in
            connection.bus.assumeIsolated { connection.inflow.endLineBySilence($0) }
        }
    }

    private func endLineBySilence(_ bus: isolated Bus) {
        guard connection.isTaking, hasNoEndings else { return }
        // A text that ends within a character waits for the rest of it: its end is still to come.
        takeHalfLine(
            leaving: { if case .cutOff = TextEncoding($0) { $0.count } else { 0 } }, bus)
    }
}
