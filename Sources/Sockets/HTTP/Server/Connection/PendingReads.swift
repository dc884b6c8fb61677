/// The connections of a server that read again in this turn: they have input that the loop does not
/// report.
///
/// Confined to the loop, except `stop`.
final class PendingReads {
    private let loop: EventLoop
    private var connections: [HTTPServerConnection] = []
    private var turnEndID = 0

    /// Makes an empty queue, which is served before the end of each turn.
    init(on loop: EventLoop) {
        self.loop = loop
        // The loop keeps this object, not the server, until `stop`.
        turnEndID = loop.beforeTurnEnd { self.serve() }
    }

    /// Schedules another read of a connection in this turn.
    func enqueue(_ connection: HTTPServerConnection) {
        loop.assertOwned()
        guard !connection.isQueued else { return }
        connection.isQueued = true
        connections.append(connection)
        loop.requestTurn()
    }

    private func serve() {
        guard !connections.isEmpty else { return }
        let waiting = connections
        connections = []
        for connection in waiting {
            connection.isQueued = false
            connection.receive()
            if connection.socket != nil { connection.advance() }
        }
    }

    /// Tells the loop to forget this object, soon.
    ///
    /// Safe from any thread: a server may be released on any.
    func stop() {
        let (loop, id) = (loop, turnEndID)
        loop.perform { loop.removeTurnEnd(id) }
    }
}
