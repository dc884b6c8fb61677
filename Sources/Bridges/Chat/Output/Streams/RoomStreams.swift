import MessageBus
import Sockets

/// The streams of one server, as far as they wait for something: for the end of the turn, for the
/// store, or for their clients to take what they were sent.
///
/// Confined to the bus's loop.
package final class RoomStreams<Form: RoomForm>: @unchecked Sendable {  // touched on the loop only
    let port: Port
    let loop: EventLoop
    /// The streams whose clients have not taken everything.
    package let stalled: StalledReaders
    let turnEnd: TurnEnd<Form>
    private var awaitingStore: [RoomStream<Form>] = []

    /// Makes a group without streams.
    ///
    /// - Parameter stalledAfter: the age at which an unread byte closes its reader's connection.
    package init(of port: Port, on loop: EventLoop, stalledAfter: Duration) {
        self.port = port
        self.loop = loop
        stalled = StalledReaders(timeout: stalledAfter, on: loop, bus: port.bus)
        turnEnd = TurnEnd(on: loop)
    }

    /// Sends and closes what is scheduled for the end of the turn.
    package func endTurn(_ bus: isolated Bus) { turnEnd.run(bus) }

    /// Continues with a stream when the store has made progress.
    func awaitStore(for stream: RoomStream<Form>) { awaitingStore.append(stream) }

    /// Continues with the streams that wait for the store.
    package func continueAfterStore(_ bus: isolated Bus) {
        let streams = awaitingStore
        awaitingStore = []
        for stream in streams { stream.serveBehind(bus) }
    }
}
