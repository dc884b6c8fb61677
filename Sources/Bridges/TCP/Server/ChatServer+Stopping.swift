import Chat
import MessageBus
import Sockets

// The end of a server: nobody is let in any more, and everybody is sent what they are owed.
extension ChatServer {
    /// Stops accepting connections and lines, except lines that have already come; every connection
    /// is closed once all that it is owed has been sent.
    func stopReading(_ bus: isolated Bus) {
        guard phase == .open else { return }
        beginStopping()
        for connection in Array(connections.values) { connection.readRemaining(bus) }
        bus.whenEnding(of: port.attachment) { [self] in
            self.port.bus.assumeIsolated { bus in
                for connection in Array(self.connections.values) { connection.closeWhenSent(bus) }
                self.checkDone()
            }
        }
    }

    private func beginStopping() {
        if phase == .open { phase = .stopping }
        scheduler.isUnlimited = true
        // This comes first: if only lingering connections are left, the server ends with them, and
        // no timer may be set after that.
        stalled.beginStopping()
        chatListener.close()
        lingering.closeWhenConfirmed()
    }

    /// Closes all connections at once.
    func closeAll(_ bus: isolated Bus) {
        beginStopping()
        for connection in Array(connections.values) { connection.close(bus) }
        lingering.closeAll()
        checkDone()
    }

    /// Ends the server once every connection is closed.
    func checkDone() {
        guard phase == .stopping, connections.isEmpty, lingering.isEmpty else { return }
        phase = .done
        certificateWatch?.cancel()
        stalled.cancel()
        greetings.cancel()
        unnamed.cancel()
        let count = stalled.abandonedCount
        if count > 0 {
            port.log.warning(
                """
                not everything could be delivered: \(count) \(count == 1 ? "client" : "clients") \
                did not read
                """)
        }
        detach()
        end.open()
    }

    /// Returns when all connections are closed.
    func waitUntilDone(_ bus: isolated Bus) async {
        checkDone()
        await end.wait(bus)
    }
}
