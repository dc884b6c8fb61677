import Chat
import MessageBus
import Sockets

// While a connection waits for an answer from elsewhere it is not read, and its lines are executed
// afterwards. So answers come in the order of the commands.
extension ChatConnection {
    /// Runs a query elsewhere; whatever else the client has sent waits until it is answered.
    ///
    /// - Parameters:
    ///   - question: runs off the loop while it waits; must hold neither the connection nor any
    ///     bytes that were read.
    ///   - finish: called on the loop, with a failure if the answer takes too long or is no longer
    ///     wanted; not called once the connection is closed.
    func query<Answer: Sendable>(
        _ bus: isolated Bus,
        _ question: @escaping @Sendable (isolated Bus) async throws -> Answer,
        then finish:
            @escaping @Sendable (ChatConnection, Result<Answer, any Error>, isolated Bus) -> Void
    ) {
        guard let pendingQuery = beginQuery() else {
            return finish(self, .failure(PendingQuery.Failure.cancelled), bus)
        }
        pendingQuery.start(question) { [weak self] result, bus in
            self?.finishQuery(bus) { finish($0, result, bus) }
        }
        updateInterest()
    }

    /// Asks the accounts; whatever else the client has sent waits for the answer.
    ///
    /// - Parameters:
    ///   - question: asks the accounts, and calls its last argument on the loop with the answer.
    ///   - finish: called together with that argument, before anybody else learns of the change;
    ///     called with a failure if the answer takes too long or is no longer wanted; not called
    ///     once the connection is closed.
    func ask<Answer: Sendable>(
        _ bus: isolated Bus,
        _ question: (any AccountDirectory, @escaping (Answer) -> Void) -> Void,
        then finish:
            @escaping @Sendable (ChatConnection, Result<Answer, any Error>, isolated Bus) -> Void
    ) {
        guard let pendingQuery = beginQuery() else {
            return finish(self, .failure(PendingQuery.Failure.cancelled), bus)
        }
        pendingQuery.ask(within: PendingQuery.passwordTimeout) { answer in
            question(bus.accounts, answer)
        } then: { [weak self] result, bus in
            self?.finishQuery(bus) { finish($0, result, bus) }
        }
        updateInterest()
    }

    private func beginQuery() -> PendingQuery? {
        guard stage == .accepting, !server.isStopping else { return nil }
        let pendingQuery = pendingQuery ?? PendingQuery(on: server.loop, bus: server.port.bus)
        self.pendingQuery = pendingQuery
        stage = .waiting
        return pendingQuery
    }

    /// Hands the answer over, and executes the lines that have come meanwhile.
    private func finishQuery(_ bus: isolated Bus, _ handOver: (ChatConnection) -> Void) {
        guard isOpen else { return }
        // A connection that was lost in the meantime stays lost.
        if isWaiting { stage = .accepting }
        server.batch.removeAll()
        server.scheduler.beginSlice()
        handOver(self)
        if acceptsLines { input.readDeferred(bus) }
        updateInterest()
    }

    /// Ends the query with a failure, and executes the lines that have come.
    func cancelQuery(_ bus: isolated Bus) { pendingQuery?.fail(.cancelled, bus) }
}
