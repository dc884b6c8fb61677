import Chat
import MessageBus
import Sockets

// While a connection waits for an answer from elsewhere it is not read, and what it has sent
// meanwhile is taken afterwards: so answers come in the order of the commands.
extension ChatConnection {
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
        guard stage == .taking, !server.isStopping else {
            return finish(self, .failure(PendingQuery.Failure.stopped), bus)
        }
        let pendingQuery = pendingQuery ?? PendingQuery(on: server.loop, bus: server.port.bus)
        self.pendingQuery = pendingQuery
        stage = .waiting
        pendingQuery.begin(question) { [weak self] result, bus in
            self?.goOn(bus) { finish($0, result, bus) }
        }
        updateInterest()
    }

    /// Takes the answer, and then what has come meanwhile.
    private func goOn(_ bus: isolated Bus, _ takeAnswer: (ChatConnection) -> Void) {
        guard isOpen else { return }
        // Or it is lost by now, and stays so.
        if isWaiting { stage = .taking }
        server.batch.removeAll()
        server.turns.beginSlice()
        takeAnswer(self)
        if isTaking { input.takeLater(bus) }
        updateInterest()
    }

    /// Waits no longer: the question is answered with a failure, and what has come is taken.
    func stopWaiting(_ bus: isolated Bus) { pendingQuery?.fail(.stopped, bus) }
}
