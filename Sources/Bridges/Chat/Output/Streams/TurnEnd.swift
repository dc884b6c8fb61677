import MessageBus
import Sockets

/// The streams that have something left to do at the end of the loop's turn: bytes to send, or a
/// close.
///
/// Confined to the bus's loop.
final class TurnEnd<Form: RoomForm> {
    private let loop: EventLoop
    private var sending: [RoomStream<Form>] = []
    private var closing: [RoomStream<Form>] = []
    private var isRunning = false

    init(on loop: EventLoop) { self.loop = loop }

    /// Schedules a stream that has bytes to send.
    func schedule(_ stream: RoomStream<Form>) {
        loop.assertOwned()
        // Another bridge's end of turn may write to a stream here after this bridge's has run.
        if sending.isEmpty, !isRunning { loop.requestTurnIfEnding() }
        sending.append(stream)
    }

    /// Schedules the close of a stream.
    func scheduleClose(of stream: RoomStream<Form>) {
        if closing.isEmpty, !isRunning { loop.requestTurnIfEnding() }
        closing.append(stream)
    }

    /// Does all that is scheduled.
    func run(_ bus: isolated Bus) {
        isRunning = true
        defer { isRunning = false }
        while !sending.isEmpty || !closing.isEmpty {
            let streams = sending
            sending = []
            for stream in streams { stream.sendScheduled() }
            let broken = closing
            closing = []
            for stream in broken { stream.close(bus) }
            // A close is announced, and sending the announcement may find more broken connections.
            bus.endTurn()
        }
    }
}
