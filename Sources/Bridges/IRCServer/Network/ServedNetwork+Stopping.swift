import Chat
import MessageBus
import Sockets

// The end of a server: nobody is let in any more, and everybody is sent what they are owed.
extension ServedNetwork {
    /// Lets nobody in any more; every client is closed once all that it is owed has been sent.
    func stopReading(_ bus: isolated Bus) {
        guard !isStopping else { return }
        beginStopping()
        for client in Array(clients.values) { client.input.stop(bus) }
        bus.whenEnding(of: port.attachment) { [self] in
            self.port.bus.assumeIsolated { bus in
                if self.isDetached { return }
                for client in Array(self.clients.values) { client.end(self.phrases.serverStops) }
                self.checkDone()
            }
        }
    }

    private func beginStopping() {
        isStopping = true
        // This comes first: if everybody has gone already, the rest ends the server, and no timer
        // may be set after that.
        streams.stalled.beginStopping()
        listener.close()
        http?.stop()
        lingering.closeWhenConfirmed()
    }

    /// Closes all connections at once.
    func closeAll(_ bus: isolated Bus) {
        if !isStopping { beginStopping() }
        for client in Array(clients.values) { client.stream.close(bus) }
        http?.closeAll()
        lingering.closeAll()
        checkDone()
    }

    /// Ends the server once every connection is closed.
    func checkDone() {
        guard isStopping, clients.isEmpty, lingering.isEmpty, isHTTPClosed else { return }
        detach()
        end.open()
    }

    /// Returns when all connections are closed.
    func waitUntilDone(_ bus: isolated Bus) async {
        checkDone()
        await end.wait(bus)
    }
}
