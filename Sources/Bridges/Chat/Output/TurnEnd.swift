import MessageBus
import Sockets

/// The streams that have something left to do at the end of the loop's turn: bytes to send, or a
/// close.
///
/// Confined to the bus's loop.
package final class TurnEnd<Stream: ScheduledStream> {
    private let loop: EventLoop
    private var sending: [Stream] = []
    private var closing: [Stream] = []
    private var isRunning = false

    /// Makes one with nothing to do.
    package init(on loop: EventLoop) { self.loop = loop }

    /// Schedules a stream that has bytes to send.
    package func schedule(_ stream: Stream) {
        loop.assertOwned()
        // Another bridge's end of turn may write to a stream here after this bridge's has run.
        if sending.isEmpty, !isRunning { loop.requestTurnIfEnding() }
        sending.append(stream)
    }

    /// Schedules the close of a stream.
    package func scheduleClose(of stream: Stream) {
        if closing.isEmpty, !isRunning { loop.requestTurnIfEnding() }
        closing.append(stream)
    }

    /// Does all that is scheduled.
    package func run(_ bus: isolated Bus) {
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
