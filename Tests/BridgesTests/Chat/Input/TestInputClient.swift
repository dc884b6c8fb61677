import Glibc
import MessageBus
import TestSupport

@testable import Chat
@testable import Sockets

/// A client that records what its reader has it do.
///
/// Confined to the bus's loop.
final class TestInputClient<Habit: StopHabit>: InputClient, @unchecked Sendable {
    typealias Input = LineInput

    /// The end of the socket that the test writes to.
    let far: Int32
    let scheduler: InputScheduler
    private(set) var events: [String] = []
    private(set) var reads = 0
    private(set) var completed = 0
    private(set) var violations = 0
    private(set) var isClosed = false
    var isStopping = false
    var takesAnswers = true
    /// False while nothing may be read.
    var keepsUp = true
    /// Called with the answer to the last question that was asked.
    private(set) var answer: ((String) -> Void)?
    private let connection: Connection
    private let loop: EventLoop
    private let port: Port
    private let clock: ManualClock
    private let streams: RoomStreams<UnreadForm>
    private let turnEndID: Int
    private(set) lazy var stream = RoomStream(
        Streamed(connection: connection), connectionID: 1, of: streams
    ) { [unowned self] _ in
        isClosed = true
        input.end()
    }
    private(set) lazy var input = ClientInputReader(
        LineInput(), of: self, on: loop, port.bus, scheduler, ThrottledLog(port.log))

    static var isServedWhileStopping: Bool { Habit.isServedWhileStopping }

    private struct Streamed: StreamedConnection {
        let connection: Connection
        var clientName: String { "a client" }

        func close(whenRead: Bool) { connection.close() }
    }

    /// Makes a client with a socket.
    ///
    /// - Parameter handshake: does TLS's handshake between both ends of the socket.
    init(
        _ test: TestBus, _ port: Port,
        handshake: ((_ near: Int32, _ far: Int32) throws -> TLSSession)? = nil
    ) throws {
        (loop, self.port, clock) = (test.loop, port, test.clock)
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SocketError("socketpair") }
        far = ends[1]
        scheduler = InputScheduler(on: loop)
        let streams = RoomStreams<UnreadForm>(of: port, on: loop, stalledAfter: .seconds(60))
        self.streams = streams
        turnEndID = loop.atTurnEnd { port.bus.assumeIsolated { streams.endTurn($0) } }
        connection = try Connection(
            ends[0], session: try handshake?(ends[0], ends[1]), on: loop, handler: Nobody())
        connection.replaceHandler(with: input)
    }

    func apply(_ event: String, _ bus: isolated Bus) {
        events.append(event)
        switch event {
        case "ask":
            ask(
                { self.answer = $0 },
                then: { (answer: String?, _) in
                    self.events.append(answer ?? "no answer")
                })
        case "slow": clock.advance(by: .milliseconds(5))
        case "hold": input.hold()
        case "quit": stream.closeWhenSent([])
        case "again":
            input.release(bus)
            events.append("done")
        default: break
        }
    }

    func close(dueTo violation: WebSocketViolation, _ bus: isolated Bus) {
        violations += 1
        stream.close(bus)
    }

    func mayBeRead(_ bus: isolated Bus) -> Bool { keepsUp }

    func recordRead() { reads += 1 }

    func endResponse() { completed += 1 }

    /// Sends bytes to the reader.
    func send(_ text: String) { Glibc.send(far, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }

    /// True if bytes wait in the kernel.
    var hasUnread: Bool { connection.hasUnread }

    /// Takes everything off the loop.
    func finish(_ bus: isolated Bus) {
        stream.close(bus)
        loop.removeTurnEnd(turnEndID)
        scheduler.removeAll()
        scheduler.stop()
        Glibc.close(far)
    }
}
