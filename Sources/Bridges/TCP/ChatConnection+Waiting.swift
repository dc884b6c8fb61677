import MessageBus
import Sockets

// While a connection waits for an answer from elsewhere it is not read, and what it has sent
// meanwhile is taken afterwards: so answers come in the order of the commands.
extension ChatConnection {
    /// Whether it waits for an answer.
    var isWaiting: Bool { isOpen && !isTaking }

    /// Has a question answered elsewhere; whatever else the connection has sent waits until then.
    ///
    /// - Parameters:
    ///   - question: runs off the loop where it waits; must hold neither the connection nor bytes
    ///     of what was read.
    ///   - finish: is called on the loop, with a failure if the answer takes too long or nobody
    ///     waits for it any more; not at all once the connection is closed.
    func ask<Answer: Sendable>(
        _ bus: isolated Bus,
        _ question: @escaping @Sendable (isolated Bus) async throws -> Answer,
        then finish:
            @escaping @Sendable (ChatConnection, Result<Answer, any Error>, isolated Bus) -> Void
    ) {
        guard isOpen, !isLost, !server.isStopping else {
            return finish(self, .failure(Inquiry.Failure.stopped), bus)
        }
        let inquiry = inquiry ?? Inquiry(on: server.loop, bus: server.port.bus)
        self.inquiry = inquiry
        isTaking = false
        inquiry.begin(question) { [weak self] result, bus in
            guard let self, self.isWaiting else { return }
            self.isTaking = true
            self.server.batch.removeAll()
            finish(self, result, bus)
            if self.isTaking { self.takeLater(bus) }
            self.checkBounds()
        }
        checkBounds()
    }

    /// Waits no longer: the question is answered with a failure, and what has come is taken.
    func stopWaiting(_ bus: isolated Bus) { inquiry?.fail(.stopped, bus) }

    /// Keeps what cannot be taken yet; of who has left, nothing.
    func keepForLater(_ piece: LineSplitter.Piece) { if isWaiting { later.append(piece) } }

    private func takeLater(_ bus: isolated Bus) {
        var rest = later
        later = LaterLines()
        server.batch.removeAll()
        var reader = LineReader(self, base: nil)
        while isTaking, rest.takeNext({ reader.take($0, bus) }) {}
        reader.flush(bus)
        if isWaiting { later = rest } else { noteSilence() }
    }
}
