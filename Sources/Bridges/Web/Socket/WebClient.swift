import Chat
import Glibc
import MessageBus
import Sockets

/// One WebSocket: a page of a session, or somebody's own client.
///
/// Its messages are executed one after the other: while a password is checked or the store is read,
/// the next ones wait. Confined to the bus's loop.
// Touched on the loop only.
final class WebClient: InputClient, @unchecked Sendable {
    typealias Input = WebSocketInput

    let connectionID: UInt32
    unowned let server: WebServer
    let taken: TakenOverConnection
    private(set) lazy var stream = WebStream(
        taken, connectionID: connectionID, of: server.streams
    ) { [unowned self] in self.closed($0) }
    /// The session; `nil` before `hello`.
    var session: WebSession?
    /// A `hello` that waits for a login, where one is required.
    var refusedHello: ClientMessage.Hello?
    /// True once `hello` was answered by `welcome`.
    var isWelcome = false
    var phrases: Phrases
    /// The address to which limits, attempts and bans apply.
    let address: ClientAddress
    /// True if passwords may come over this connection.
    let isSecure: Bool
    var pageEnd = WebSession.PageEnd.none
    private(set) lazy var input = ClientInputReader(
        WebSocketInput(), of: self, on: server.loop, bus, server.input, server.throttledLog)
    private var queries = CommandBucket()
    private var lastPing: MonotonicTime
    private var lastPong: MonotonicTime

    /// The time between two pings; a client that has not answered by the next one is closed.
    private static let pingInterval: Duration = .seconds(30)

    init(_ taken: TakenOverConnection, connectionID: UInt32, of server: WebServer) {
        self.taken = taken
        self.connectionID = connectionID
        self.server = server
        phrases = server.phrases
        address = taken.peer.host.map { ClientAddress($0) } ?? .local
        isSecure = taken.peer.isSecure
        lastPing = server.loop.now
        lastPong = server.loop.now
    }

    private var bus: Bus { server.port.bus }

    /// Begins to read a room, unless it is read.
    ///
    /// - Parameter number: the last event that the client has; `nil`: it wants only what is new.
    func read(_ room: WebRoom, after number: MessageNumber? = nil) {
        if let form = room.form(.webSocketFrame) { stream.read(form, after: number) }
    }

    // MARK: - Input

    var isStopping: Bool { server.isStopping }
    static var isServedWhileStopping: Bool { false }
    /// False for somebody who was sent away: they get no answer, and enter no room.
    var takesAnswers: Bool { !stream.isEnding }

    func apply(_ event: WebSocketReader.Event, _ bus: isolated Bus) {
        switch event {
        case .text(let bytes): execute(bytes, bus)
        case .binary: close(.unsupportedData)
        case .ping(let payload): sendFrame(.pong, payload)
        case .pong: lastPong = server.loop.now
        case .close(let code): close(code ?? .normal)
        }
    }

    func close(dueTo violation: WebSocketViolation, _ bus: isolated Bus) {
        close(violation.code, violation.reason)
    }

    private func execute(_ bytes: [UInt8], _ bus: isolated Bus) {
        do throws(MessageProblem) {
            execute(try ClientMessageReader.read(bytes), bus)
        } catch {
            refuse(RequestName(error), .badArguments, phrases.problem(error))
        }
    }

    /// Reads no more messages of a session until fewer of them wait.
    func hold(_ session: WebSession, _ bus: isolated Bus) {
        guard !input.isHeld else { return }
        input.hold()
        bus.whenResumed(session: session.id.digest, of: server.port.attachment) { [weak self] in
            guard let self, input.isHeld else { return }
            self.bus.assumeIsolated { input.release($0) }
        }
    }

    // MARK: - Limits

    /// Counts a question about what was said; refuses it if there are too many.
    func spendQuery(_ request: RequestName) -> Bool {
        spend(queries.spend(at: server.loop.now, server.queryRule), request)
    }

    /// Counts a change of name or room; refuses it if there are too many.
    func spendCommand(_ request: RequestName, _ bus: isolated Bus) -> Bool {
        guard let session else { return true }
        return spend(session.spendCommand(bus), request)
    }

    private func spend(_ decision: CommandBucket.Decision, _ request: RequestName) -> Bool {
        switch decision {
        case .allowed: return true
        case .refused: refuse(request, .rateLimited, phrases.tooManyRequests)
        case .ignored: break
        }
        return false
    }

    // MARK: - Answers

    /// Answers that something is done.
    func confirm(_ request: RequestName, _ text: String = "", number: MessageNumber? = nil) {
        stream.send(ServerMessage.ok(request, text, number: number))
    }

    /// Answers that something is not done, and why.
    func refuse(_ request: RequestName, _ code: AnswerCode, _ text: String) {
        stream.send(ServerMessage.refused(request, code: code.rawValue, text))
    }

    /// Answers that a middleware has dropped something.
    func refuse(_ request: RequestName, _ drop: Drop) {
        stream.send(ServerMessage.refused(request, code: drop.code, drop.reason))
    }

    /// Answers that somebody does not get a name.
    func refuse(_ request: RequestName, _ refusal: NameRefusal) {
        switch refusal {
        case .taken: refuse(request, .nameInUse, phrases.nameInUse)
        case .registered: refuse(request, .loginRequired, phrases.nameIsRegistered)
        case .banned(let reason): sendAway(.banned(reason: reason), request)
        case .muted: refuse(request, .forbidden, phrases.muted)
        case .dropped(let drop): refuse(request, drop)
        }
    }

    // MARK: - The end

    /// Pings, and closes a client that has not answered the previous ping.
    func checkAlive(at now: MonotonicTime) {
        guard now - lastPing >= Self.pingInterval else { return }
        // An answer would not be read, or the ping would not get there: `stalledAfter` covers
        // clients that do not read.
        if !stream.isRead || stream.isFull || stream.isBlocked {
            (lastPing, hasBeenPinged) = (now, false)
            return
        }
        if lastPong < lastPing, now - lastPing >= Self.pingInterval, hasBeenPinged {
            return bus.assumeIsolated { stream.close($0) }
        }
        lastPing = now
        hasBeenPinged = true
        sendFrame(.ping, [])
    }
    private var hasBeenPinged = false

    /// Tells a client why it is disconnected, and closes.
    func sendAway(_ reason: Disconnection, _ request: RequestName = .unknown) {
        let code: AnswerCode =
            switch reason {
            case .passwordChanged, .accountRemoved: .loginRequired
            case .kicked, .banned: .forbidden
            }
        refuse(request, code, phrases.farewell(reason))
        pageEnd = .final
        end(.policyViolation)
    }

    /// Closes once everything that is owed is sent.
    func end(_ code: WebSocketCloseCode) {
        var frame: [UInt8] = []
        WebSocketFrame.appendClose(code, to: &frame)
        stream.closeWhenSent(frame)
    }

    /// Closes after the queued messages; events that are still owed are not sent.
    func close(_ code: WebSocketCloseCode, _ reason: String = "") {
        input.removeAll()
        var frame: [UInt8] = []
        WebSocketFrame.appendClose(code, reason, to: &frame)
        stream.closeAtOnce(frame)
    }

    private func sendFrame(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        var frame: [UInt8] = []
        WebSocketFrame.append(opcode, payload, to: &frame)
        stream.send(frame)
    }

    private func closed(_ bus: isolated Bus) {
        input.end()
        session?.remove(self, pageEnd, bus)
        session = nil
        server.remove(self)
    }
}
