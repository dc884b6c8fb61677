import Chat
import IRC
import MessageBus
import Metrics
import Sockets
import TimeUnits

/// One client of IRC.
///
/// Its lines are executed one after the other: while a password is checked or the store is read,
/// the next ones wait. Confined to the bus's loop.
// Touched on the loop only.
final class IRCServerClient: InputClient, @unchecked Sendable {
    typealias Input = IRCInput

    let connectionID: UInt32
    unowned let network: ServedNetwork
    let wire: ClientWire
    private(set) lazy var stream = IRCStream(wire, connectionID: connectionID, of: network.streams)
    {
        [unowned self] in self.closed($0)
    }
    let host: HostKey?
    /// True if passwords may come over this connection.
    let isSecure: Bool
    /// The bus's number for the person, whatever the name.
    let identity: UInt64
    var registration = ClientRegistration()
    var capabilities: Set<Capability> = []
    /// The version of capability negotiation, such as 302; 0 before.
    var capabilityVersion = 0
    var sasl = SASLExchange()
    /// The name, with the account if there is one; `nil` before the registration is complete.
    var sender: Sender?
    /// The nick as the client knows it.
    var nick = "*"
    /// The place of somebody who is here, in no channel.
    var lobbyPresence: Presence?
    var presences: [Presence] = []
    var profile: Profile?
    /// The folded name under which the network lists the client; `nil` if it is not registered.
    var registeredKey: String?
    var responses = Responses()
    /// The batch that the client is sending.
    var multiline: MultilineInput?
    /// The folded nicks that it watches, and how they were written.
    var watched: [String: String] = [:]
    /// The private message that is being said by this client, and its tag.
    var outgoingReplyTag: ReplyTag?
    private var commands = CommandBucket()
    private var queries = CommandBucket()
    private(set) lazy var input = ClientInputReader(
        IRCInput(isWebSocket: !isSocket), of: self, on: network.loop, bus, network.input,
        network.throttledLog)
    private(set) var hasSentLine = false
    private let began: MonotonicTime
    private var lastInput: MonotonicTime
    private var lastPing: MonotonicTime?

    /// Something that is said to somebody alone at this moment.
    struct ReplyTag {
        /// The value of `+draft/reply`.
        let reply: String?
    }

    /// The time within which a client must be registered.
    private static let registrationTimeout: Duration = .seconds(60)
    /// The silence after which a client is pinged, and then closed.
    private static let silence: Duration = .seconds(90)

    /// Takes over a socket.
    init(_ arrival: Arrival, of network: ServedNetwork, _ bus: isolated Bus) throws {
        let connection = try Connection(
            arrival.descriptor, session: arrival.session, on: network.loop, handler: nil,
            counts: network.port.statistics.connections)
        connection.setUpTCP(givingUpAfter: network.options.stalledAfter)
        wire = .socket(connection) { network.lingering.close(whenRead: $0) }
        host = arrival.host
        isSecure = arrival.isSecure
        self.network = network
        connectionID = bus.nextConnectionID()
        identity = bus.nextIdentity()
        (began, lastInput) = (network.loop.now, network.loop.now)
        connection.replaceHandler(with: input)
    }

    /// Takes over a WebSocket.
    init(
        _ taken: TakenOverConnection, isBinary: Bool, of network: ServedNetwork, _ bus: isolated Bus
    ) {
        wire = .webSocket(taken, isBinary: isBinary)
        host = taken.peer.host
        isSecure = taken.peer.isSecure
        self.network = network
        connectionID = bus.nextConnectionID()
        identity = bus.nextIdentity()
        (began, lastInput) = (network.loop.now, network.loop.now)
    }

    var bus: Bus { network.port.bus }
    var phrases: Phrases { network.phrases }
    /// True once the client has a nick here.
    var isRegistered: Bool { sender != nil }
    /// True if it speaks IRC over a socket of its own.
    var isSocket: Bool { if case .socket = wire { true } else { false } }
    /// The address to which limits, attempts and bans apply.
    var clientAddress: ClientAddress { host.map { ClientAddress($0) } ?? .local }
    /// True if passwords may come over this connection.
    var mayLogIn: Bool { isSecure || network.options.plaintextPasswords }
    /// The form in which it reads.
    var form: ClientForm {
        ClientForm(capabilities, wire.transport, instance: bus.instanceID)
    }

    // MARK: - Input

    var isStopping: Bool { network.isStopping }
    static var isServedWhileStopping: Bool { true }
    /// True while lines wait for an answer.
    var isAsking: Bool { input.isAsking }

    func apply(_ event: IRCInput.Event, _ bus: isolated Bus) {
        switch event {
        case .line(let line):
            hasSentLine = true
            execute(line, bus)
        case .ping(let payload):
            var frame: [UInt8] = []
            WebSocketFrame.append(.pong, payload, to: &frame)
            stream.send(frame)
        case .end: stream.close(bus)
        }
    }

    func close(dueTo violation: WebSocketViolation, _ bus: isolated Bus) { stream.close(bus) }

    /// Returns whether the store keeps up; if not, the network continues when it does.
    func mayBeRead(_ bus: isolated Bus) -> Bool {
        if bus.isLagging { network.awaitStore(for: self) }
        return !bus.isLagging
    }

    func recordRead() {
        lastInput = network.loop.now
        lastPing = nil
    }

    /// Counts a question about what was said; answers if there are too many.
    func spendQuery() -> Bool {
        if case .allowed = queries.spend(at: network.loop.now, network.queryRule) { return true }
        return false
    }

    /// Counts a command, and returns whether it is allowed.
    func spendCommand() -> CommandBucket.Decision {
        if let person = lobbyPresence?.person, person.account != nil {
            return person.commands.spend(at: network.loop.now, network.commandRule)
        }
        return commands.spend(at: network.loop.now, network.commandRule)
    }

    // MARK: - The end

    /// Pings a client that is silent, and closes one that does not answer.
    func checkAlive(at now: MonotonicTime) {
        guard stream.isOpen, !stream.isEnding else { return }
        if !isRegistered {
            if now - began >= Self.registrationTimeout { end(phrases.registrationIsLate) }
            return
        }
        guard stream.isRead, !stream.isBlocked, !stream.isFull,
            now - lastInput >= Self.silence
        else { return }
        if let lastPing {
            if now - lastPing >= Self.silence { quit("Ping timeout", phrases.isSilent) }
        } else {
            lastPing = now
            send(IRCMessage("PING", [network.name], from: nil).bytes)
        }
    }

    /// Leaves with some last words, and closes.
    func quit(_ words: String, _ answer: String) {
        bus.assumeIsolated { depart(words, $0) }
        end(answer)
    }

    /// Says why, and closes once everything that is owed is sent.
    func end(_ reason: String) {
        endResponse()
        closeWhenSent(ServedNetwork.error(reason))
    }

    private func closed(_ bus: isolated Bus) {
        input.end()
        for key in watched.keys { network.stopWatching(key, self) }
        depart(nil, bus)
        network.markers.forget(.client(connectionID))
        if isSocket { network.port.statistics.connections.recordClosing() }
        network.remove(self)
    }
}
