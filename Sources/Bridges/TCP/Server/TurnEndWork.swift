import Chat
import MessageBus
import Sockets

/// The connections of a chat server that have something left to do at the end of the loop's turn:
/// bytes to send, deferred lines to read, or a close.
///
/// Confined to the bus's loop.
final class TurnEndWork {
    private let loop: EventLoop
    private var sending: [ChatConnection] = []
    private var resuming: [ChatConnection] = []
    private var closing: [ChatConnection] = []
    private var isRunning = false

    init(on loop: EventLoop) { self.loop = loop }

    /// Schedules a connection that has bytes of its own to send.
    func scheduleSend(for connection: ChatConnection) {
        loop.assertOwned()
        // Another bridge's end of turn may write to a connection here after this bridge's has run.
        if sending.isEmpty, !isRunning { loop.requestTurnIfEnding() }
        sending.append(connection)
    }

    /// Schedules a connection that has read enough answers for its deferred lines to go on.
    func scheduleResume(of connection: ChatConnection) { resuming.append(connection) }

    /// Schedules the close of a broken connection.
    func scheduleClose(of connection: ChatConnection) { closing.append(connection) }

    /// Does all that is scheduled, and produces the next pieces of answer lists in between.
    func run(_ bus: isolated Bus, lists: AnswerLists) {
        isRunning = true
        defer { isRunning = false }
        runScheduled(bus)
        // A piece that was sent at once may have left a connection to close.
        if lists.produceNext(bus) { runScheduled(bus) }
    }

    private func runScheduled(_ bus: isolated Bus) {
        while !sending.isEmpty || !closing.isEmpty || !resuming.isEmpty {
            let senders = sending
            sending = []
            for connection in senders { connection.sendPending() }
            let ready = resuming
            resuming = []
            for connection in ready { connection.resumeLines() }
            let broken = closing
            closing = []
            for connection in broken { connection.closeAfterReading(bus) }
            // A close is announced, and sending the announcement may find more broken connections.
            bus.endTurn()
        }
    }
}
