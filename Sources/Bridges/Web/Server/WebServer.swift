import Chat
import MessageBus
import Metrics
import Sockets
import TimeUnits

/// The server of one web bridge: its rooms, its sessions, and what its connections share.
///
/// Confined to the bus's loop.
final class WebServer: @unchecked Sendable {  // made on the loop, and touched there only
    /// The options; limits in them may change while the server runs.
    var options: Web.Options
    let port: Port
    let loop: EventLoop
    let phrases: Phrases
    let throttledLog: ThrottledLog
    let sessions = WebSessions()
    let tokens: TokenTable
    let site: WebSite
    let origins: OriginList
    private(set) lazy var api = WebAPI(self)
    /// True if reading by the API needs a token.
    let isTokenRequired: Bool
    private let isLocal: Bool
    let streams: RoomStreams<WebRoom.Form>
    let search = MessageSearch()
    let lists: ListProduction
    /// The order in which WebSockets go on with what they have sent.
    let input: InputScheduler
    /// The limit on changes of name or room.
    let commandRule = CommandBucket.Rule(CommandBucket.Options())
    /// The limit on questions about what was said.
    let queryRule: CommandBucket.Rule
    /// True if nothing is read or said before a login.
    let isLoginRequired: Bool
    /// The limit on texts.
    var textLimit: TextLimit
    var rooms: [WebRoom] = []
    private(set) var clients: [UInt32: WebClient] = [:]
    private(set) var eventStreams: [UInt32: EventStream] = [:]
    let polls: LongPolls
    /// Functions to call once the store has committed a message.
    private var awaitingCommit: [(number: MessageNumber, then: () -> Void)] = []
    private var storeObserver: UInt64 = 0
    private var moderationObserver: UInt64 = 0
    private var kickObserver: UInt64 = 0
    private var configurationObserver: UInt64 = 0
    private var turnEndID = 0
    private(set) var isStopping = false
    private var isDetached = false
    /// Open once every connection is closed.
    private let end: Latch
    private(set) var http: HTTPServer?
    private var isHTTPClosed = true
    private(set) var certificateWatch: CertificateWatch?
    /// The last private message of this turn, encoded.
    private var lastPrivate: (number: MessageNumber, frame: [UInt8])?
    private lazy var pings = LoopTimer { [unowned self] in self.ping() }

    /// Questions that a client may ask at once, and the pause for one more: scrolling through all
    /// of a room takes some tens of them.
    private static let queries = (burst: 100, pause: Duration.milliseconds(50))
    /// The time between two checks of who has to be pinged.
    private static let pingInterval: Duration = .seconds(1)

    init(
        _ options: Web.Options, port: Port, bus: isolated Bus, loop: EventLoop, site: WebSite,
        isLocal: Bool
    ) {
        self.options = options
        self.port = port
        self.loop = loop
        end = Latch(on: loop)
        self.site = site
        self.isLocal = isLocal
        // An invalid list was reported when the file was read.
        origins = OriginList(options.origins) ?? .none
        phrases = Phrases(port.language)
        throttledLog = ThrottledLog(port.log)
        tokens = TokenTable(options.tokens)
        streams = RoomStreams(of: port, on: loop, stalledAfter: options.stalledAfter)
        lists = ListProduction(on: loop)
        input = InputScheduler(on: loop)
        var queries = CommandBucket.Options()
        (queries.burst, queries.per) = Self.queries
        queryRule = CommandBucket.Rule(queries)
        isLoginRequired = bus.accounts.policy.isLoginRequired
        isTokenRequired = isLoginRequired || !isLocal || !options.proxies.isEmpty
        textLimit = TextLimit(of: port.attachment, on: bus)
        polls = LongPolls(on: loop)
        polls.isAllowed = { [unowned self] in self.mayRead($0, $1) }
        polls.respond = { [unowned self] in self.api.respond($0, with: $1) }
        for room in bus.allRooms { rooms.append(open(room, bus)) }
        turnEndID = loop.atTurnEnd { [unowned self] in
            self.port.bus.assumeIsolated { self.endTurn($0) }
        }
        bus.protect(options.proxies)
        exposeGauges()
        moderationObserver = bus.whenModerated { [unowned self] in self.apply($0) }
        kickObserver = bus.whenKicked { [unowned self] in self.kick($0) }
        storeObserver = bus.whenStoreMoves { [unowned self] in self.continueAfterStore() }
        configurationObserver = bus.whenConfigurationChanges { [unowned self] in
            self.port.bus.assumeIsolated { self.useConfiguration($0) }
        }
        loop.set(pings, after: Self.pingInterval)
    }

    /// Opens a room for readers.
    func open(_ room: Room, _ bus: isolated Bus) -> WebRoom {
        WebRoom(
            room, on: loop, isStored: bus.keepsMessages,
            makeFeed: port.direction == .in ? nil : { self.makeFeed(of: $0, $1, bus) })
    }

    private func makeFeed(
        of room: Room, _ encoder: WebEventEncoder, _ bus: isolated Bus
    ) -> RoomFeed {
        room.addFeed(
            capacity: options.buffer.bytes, encoder: encoder, outgoing: port.attachment.outgoing,
            reader: self, after: bus.nextNumber())
    }

    /// The room for anybody who names none.
    var defaultRoom: WebRoom { room(port.room) ?? rooms[0] }

    /// The rooms, the default one first.
    var defaultFirst: [WebRoom] { [defaultRoom] + rooms.filter { $0 !== defaultRoom } }

    /// Returns the room with a name.
    func room(_ name: String) -> WebRoom? { rooms.first { $0.room.name == name } }

    /// The addresses that the server listens on.
    var addresses: [String] { http?.addresses.map { "\($0)" } ?? [] }

    // MARK: - Listening

    /// Listens on all given addresses, at one port.
    ///
    /// - Parameter certificate: the certificate; `nil` for connections in plain.
    /// - Throws: `BridgeError` if an address is taken, or if none of them exists on this machine.
    func listen(
        on wanted: [SocketAddress],
        _ certificate: CertificateWatch.Loaded?
    ) throws {
        let http = HTTPServer(httpOptions, on: loop, handler: makeRouter())
        do {
            try http.open(at: wanted, certificate?.context)
        } catch {
            detach()
            throw BridgeError("\(error)")
        }
        isHTTPClosed = false
        http.onClosed = { [unowned self] in
            self.isHTTPClosed = true
            self.checkDone()
        }
        self.http = http
        certificateWatch = certificate.map { loaded in
            CertificateWatch(loaded, on: loop, log: port.log) { http.use($0) }
        }
    }

    private var httpOptions: HTTPServer.Options {
        var result = HTTPServer.Options()
        result.maxConnections = options.maxConnections
        result.maxPerAddress = options.maxPerAddress
        result.proxies = TrustedProxies(options.proxies)
        result.stalledAfter = options.stalledAfter
        result.mode = options.mode?.bits
        result.counts = port.statistics.connections
        if isLocal, case .network = options.listen { result.hostRule = HostRule(origins) }
        result.answer = { APIError($0).response }
        result.ban = { [unowned self] host in
            let address = host.map { ClientAddress($0) } ?? .local
            return port.bus.assumeIsolated { $0.accounts.ban(of: address)?.reason }
        }
        result.debug = { [log = port.log] in log.debug($0) }
        result.onFullBodies = { [throttledLog] in
            throttledLog.warning(cause: "bodies", $0)
        }
        result.onFailure = { [throttledLog] error in
            throttledLog.warning(cause: "accept \(error.code)", "\(error); new connections wait")
        }
        return result
    }

    // MARK: - Connections

    /// Begins a WebSocket.
    func begin(_ taken: TakenOverConnection, _ bus: isolated Bus) -> ClientInputReader<WebClient> {
        let client = WebClient(taken, connectionID: bus.nextConnectionID(), of: self)
        clients[client.connectionID] = client
        client.input.begin(taken.received)
        return client.input
    }

    /// Begins a stream of server-sent events.
    func begin(
        _ taken: TakenOverConnection, of client: APIClient?, in room: WebRoom,
        after number: MessageNumber?, missed: Int, _ bus: isolated Bus
    ) -> EventStream {
        let stream = EventStream(
            taken, of: client, connectionID: bus.nextConnectionID(), server: self)
        eventStreams[stream.connectionID] = stream
        stream.begin(in: room, after: number, missed: missed)
        return stream
    }

    /// Forgets a WebSocket that has closed.
    func remove(_ client: WebClient) {
        clients[client.connectionID] = nil
        checkDone()
    }

    /// Forgets a stream of events that has closed.
    func remove(_ stream: EventStream) {
        eventStreams[stream.connectionID] = nil
        checkDone()
    }

    private func mayRead(_ exchange: HTTPExchange, _ client: APIClient?) -> Bool {
        port.bus.assumeIsolated { bus in
            let address = exchange.peer.host.map { ClientAddress($0) } ?? .local
            return bus.accounts.ban(of: address) == nil
                && client.map { tokens.isValid($0, bus.accounts) } ?? true
        }
    }

    private func ping() {
        loop.set(pings, after: Self.pingInterval)
        for client in Array(clients.values) { client.checkAlive(at: loop.now) }
        for stream in Array(eventStreams.values) { stream.sendDueComment(at: loop.now) }
        port.bus.assumeIsolated { bus in
            for stream in Array(eventStreams.values)
            where !(stream.client.map { tokens.isValid($0, bus.accounts) } ?? true) {
                stream.stream.close(bus)
            }
        }
    }

    // MARK: - Shared by the connections

    /// Returns the frame of a private message, which is made once for all pages of the two people.
    ///
    /// The bridge's own chain judges what its clients read, whoever else reads it. The frame is
    /// empty if the chain drops the message.
    func frame(ofPrivate message: Message) -> [UInt8] {
        if let lastPrivate, lastPrivate.number == message.number { return lastPrivate.frame }
        var frame: [UInt8] = []
        let outgoing = port.attachment.outgoing
        let encoder = WebEventEncoder(.webSocketFrame)
        for message in outgoing.isEmpty ? [message] : outgoing.judge([message]) {
            encoder.append(message, longest: Transcript.size(for: 0) / 4, to: &frame)
        }
        lastPrivate = (message.number, frame)
        return frame
    }

    /// Returns whether a message can no longer be lost, or nobody knows when that will be the case.
    func isKept(_ number: MessageNumber) -> Bool {
        let store = port.bus.store
        return !store.outlivesProcess || store.committed >= number || store.condition != .keepsUp
            || isStopping
    }

    /// Calls a function once a message can no longer be lost, or if nobody knows when that will be
    /// the case.
    func whenKept(_ number: MessageNumber, _ then: @escaping () -> Void) {
        if isKept(number) { then() } else { awaitingCommit.append((number, then)) }
    }

    private func continueAfterCommit(_ bus: isolated Bus) {
        let committed =
            isStopping || bus.store.condition != .keepsUp ? .max : bus.store.committed
        let ready = awaitingCommit.filter { $0.number <= committed }
        awaitingCommit.removeAll { $0.number <= committed }
        for waiting in ready { waiting.then() }
    }

    private func continueAfterStore() {
        port.bus.assumeIsolated { bus in
            if !awaitingCommit.isEmpty { continueAfterCommit(bus) }
            streams.continueAfterStore(bus)
        }
    }

    private func endTurn(_ bus: isolated Bus) {
        lastPrivate = nil
        if !polls.isEmpty { polls.answer(bus) }
        streams.endTurn(bus)
        lists.resumePaused()
    }

    // MARK: - Stopping

    /// Lets nobody in any more; every connection is closed once all that it is owed has been sent.
    func stopReading(_ bus: isolated Bus) {
        guard !isStopping else { return }
        isStopping = true
        for client in Array(clients.values) { client.input.stop(bus) }
        polls.stop(bus)
        continueAfterCommit(bus)
        http?.stop()
        bus.whenEnding(of: port.attachment) { [self] in
            self.port.bus.assumeIsolated { bus in
                // If everybody has gone already, no timer may be set any more.
                if self.isDetached { return }
                self.streams.stalled.beginStopping()
                for client in Array(self.clients.values) { client.end(.goingAway) }
                for stream in Array(self.eventStreams.values) { stream.end() }
                self.checkDone()
            }
        }
    }

    /// Closes all connections at once.
    func closeAll(_ bus: isolated Bus) {
        isStopping = true
        polls.stop(bus)
        for client in Array(clients.values) { client.stream.close(bus) }
        for stream in Array(eventStreams.values) { stream.stream.close(bus) }
        http?.closeAll()
        checkDone()
    }

    private func checkDone() {
        guard isStopping, clients.isEmpty, eventStreams.isEmpty, isHTTPClosed else { return }
        detach()
        end.open()
    }

    /// Detaches the server from the loop, the rooms and the store: none of them calls it any more.
    private func detach() {
        guard !isDetached else { return }
        isDetached = true
        isStopping = true
        pings.cancel()
        certificateWatch?.cancel()
        // Released here, because its release belongs to the loop, and this server is released
        // elsewhere.
        certificateWatch = nil
        http = nil
        streams.stalled.cancel()
        loop.removeTurnEnd(turnEndID)
        input.removeAll()
        input.stop()
        for room in rooms { room.close() }
        port.bus.assumeIsolated { bus in
            bus.removeStoreObserver(storeObserver)
            bus.removeModerationObserver(moderationObserver)
            bus.removeModerationObserver(kickObserver)
            bus.removeConfigurationObserver(configurationObserver)
            // Somebody whose page is being reloaded does not come back to this bridge.
            for session in sessions.all { session.depart(bus) }
        }
    }

    /// Returns when all connections are closed.
    func waitUntilDone(_ bus: isolated Bus) async {
        checkDone()
        await end.wait(bus)
    }
}

extension WebServer: RoomFeedDelegate {
    func transcriptGrew(_ feed: RoomFeed) {
        // Connections bring no messages in by their own numbers here, so there are no lines of
        // their own.
        feed.transcript.drainRuns { _ in }
        for room in rooms {
            if let form = room.form(of: feed) { return form.sendPending() }
        }
    }
}
