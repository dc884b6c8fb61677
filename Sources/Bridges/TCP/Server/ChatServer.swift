import Chat
import Glibc
import MessageBus
import Metrics
import Sockets

/// The server of one tcp bridge: its rooms, its connections, and the services they share.
///
/// Confined to the bus's loop.
final class ChatServer: @unchecked Sendable {  // made on the loop, and touched there only
    enum Phase {
        case open
        /// No client is let in and nothing is read; what connections are owed is still sent.
        case stopping
        /// All connections are closed.
        case done
    }

    /// The options; limits in them may change while the server runs.
    var options: TCP.Options
    /// True if everybody is sent their own lines.
    ///
    /// Kept here, as is the next: to ask the options takes a few hundred instructions.
    private let echoes: Bool
    /// Bytes that are read in a turn before it ends and what was said is sent: enough for large
    /// writes, and far less than the buffer.
    private let bytesPerTurn: Int
    let port: Port
    let loop: EventLoop
    let phrases: Phrases
    let grammar: LineGrammar
    let encoder: ChatEncoder
    /// The log for events that clients can cause again and again.
    let throttledLog: ThrottledLog
    /// The messages of the read in progress; without any between two reads.
    let batch: Batch
    /// The time of silence that ends a line of a client without line endings.
    let flushAfter: Duration
    /// The lines sent first to every new connection; empty for none.
    let greeting: [UInt8]
    /// True if connections neither read nor say anything before a login.
    let isLoginRequired: Bool
    /// The limit on each connection's commands.
    var commandRule: CommandBucket.Rule
    let scheduler: ReadScheduler
    let history: HistoryRenderer
    let stalled: StalledReaders
    let lists: AnswerLists
    let turnEndWork: TurnEndWork

    var rooms: [RoomReaders] = []
    /// The room where connections begin.
    let entrance: RoomReaders
    private(set) var connections: [UInt32: ChatConnection] = [:]
    /// The connections that wait for the store, either to be read again or to be sent stored lines.
    private var awaitingStore: [ChatConnection] = []
    private var storeObserver: UInt64 = 0
    private var moderationObserver: UInt64 = 0
    private var configurationObserver: UInt64 = 0
    private var bytesReadThisTurn = 0
    private var beforeTurnEndID = 0
    private var turnEndID = 0
    var phase = Phase.open
    /// Open once every connection is closed.
    let end: Latch
    private var lastGuest = 0
    /// The last private message of this turn, encoded.
    private var lastPrivate: (number: MessageNumber, lines: [UInt8])?
    var certificateWatch: CertificateWatch?
    lazy var greetings = DelayedGreetings(after: flushAfter, on: loop)
    lazy var chatListener = ChatListener(
        options.listenerSettings, on: loop, log: port.log, port.statistics.connections,
        ChatListener.Admission(
            admit: { [unowned self] in self.admit($0) },
            close: { [unowned self] in self.linger($0) },
            ban: { [unowned self] in self.ban(of: $0) },
            closeSilentConnection: { [unowned self] in self.closeSilentConnection() },
            freeDescriptor: { [unowned self] in self.freeDescriptor() },
            refusal: { [phrases] in
                Array("\(phrases.answer($0.code, $0.sentence(in: phrases)))\n".utf8)
            },
            plaintextAnswer: { [phrases] in phrases.answer(toPlaintext: $0) }))
    private(set) lazy var unnamed = UnnamedConnections(
        namedWithin: nameTimeout, on: loop,
        find: { [unowned self] in self.connections[$0] },
        closeLate: { [unowned self] connection in
            self.port.bus.assumeIsolated { connection.closeAsNameless($0) }
        })
    lazy var lingering = LingeringConnections(on: loop) { [unowned self] in
        self.checkDone()
    }

    /// The time within which a client must log in where that is required: until then it reads
    /// nothing, and yet takes a place.
    private static let loginTimeout: Duration = .seconds(60)
    /// Bytes of one read: a quarter of the smallest sensible ring; larger reads would not make
    /// larger writes.
    static let readSize = 64 << 10
    /// Bytes of the batch: a read, and room for texts that middlewares make longer.
    private static let batchBytes = readSize + (16 << 10)
    /// Messages of the batch: a full read of lines of 16 bytes.
    private static let batchMessages = 4_096

    init(_ options: TCP.Options, port: Port, bus: isolated Bus, loop: EventLoop) {
        self.options = options
        echoes = options.echo
        bytesPerTurn = min(1 << 20, options.buffer.bytes / 4)
        self.port = port
        self.loop = loop
        end = Latch(on: loop)
        phrases = Phrases(port.language)
        grammar = LineGrammar(phrases)
        encoder = ChatEncoder(phrases)
        throttledLog = ThrottledLog(port.log)
        batch = bus.batch(room: port.room, capacity: Self.batchMessages, bytes: Self.batchBytes)
        flushAfter = options.flushAfter
        isLoginRequired = bus.accounts.policy.isLoginRequired
        let usualGreeting =
            isLoginRequired
            ? phrases.greeting(isRegistrationOpen: bus.accounts.policy.isRegistrationOpen)
            : phrases.greeting(options.nameless)
        greeting = phrases.lines(.info, options.greeting ?? usualGreeting)
        commandRule = CommandBucket.Rule(options.commands)
        scheduler = ReadScheduler(on: loop, batch)
        history = HistoryRenderer(
            encoder, phrases, outgoing: port.attachment.outgoing, buffer: options.buffer, on: loop)
        stalled = StalledReaders(
            timeout: options.stalledAfter, on: loop, bus: port.bus)
        lists = AnswerLists(bound: options.lists.bytes, on: loop, bus: port.bus)
        turnEndWork = TurnEndWork(on: loop)
        let all = bus.allRooms.map { RoomReaders($0) }
        guard let entrance = all.first(where: { $0.room.name == port.room }) ?? all.first else {
            preconditionFailure("a configuration without rooms has problems")
        }
        self.entrance = entrance
        rooms = all
        if port.direction != .in { for readers in rooms { open(readers, bus) } }
        beforeTurnEndID = loop.beforeTurnEnd { [unowned self] in
            guard self.scheduler.hasQueued else { return }
            self.port.bus.assumeIsolated { self.scheduler.serveQueues($0) }
        }
        turnEndID = loop.atTurnEnd { [unowned self] in
            self.port.bus.assumeIsolated { self.endTurn($0) }
        }
        bus.protect(options.proxyFrom)
        exposeGauges()
        moderationObserver = bus.whenModerated { [unowned self] in self.apply($0) }
        storeObserver = bus.whenStoreMoves { [unowned self] in self.continueAfterStore() }
        configurationObserver = bus.whenConfigurationChanges { [unowned self] in
            self.port.bus.assumeIsolated { self.useRooms($0) }
        }
    }

    /// Opens a room for readers.
    func open(_ readers: RoomReaders, _ bus: isolated Bus) {
        readers.open(
            readers.room.addFeed(
                capacity: options.buffer.bytes, encoder: encoder,
                outgoing: port.attachment.outgoing, reader: self,
                after: bus.nextNumber()), isStored: bus.keepsMessages)
    }

    /// The time within which a connection must have a name; `nil` for no limit.
    var nameTimeout: Duration? {
        options.nameWithin ?? (isLoginRequired ? Self.loginTimeout : nil)
    }

    /// True once no more lines are read.
    var isStopping: Bool { phase != .open }
    /// The addresses it listens on.
    var addresses: [String] { chatListener.addresses }

    /// Returns the lines of a private message as this bridge's clients read them; they are made
    /// once for all connections of the two people.
    ///
    /// The bridge's own chain judges what its clients read, whoever else reads it.
    func lines(ofPrivate message: Message) -> [UInt8] {
        if let lastPrivate, lastPrivate.number == message.number { return lastPrivate.lines }
        var lines: [UInt8] = []
        let outgoing = port.attachment.outgoing
        for message in outgoing.isEmpty ? [message] : outgoing.judge([message]) {
            encoder.append(message, to: &lines)
        }
        lastPrivate = (message.number, lines)
        return lines
    }

    /// Returns the line that tells a reader how many lines were left out.
    func skipNotice(_ missed: Int) -> [UInt8] {
        Array((phrases.answer(.skipped, phrases.skipped(Int(clamping: missed))) + "\n").utf8)
    }

    /// Returns the room with a name as people write it: `logs`, `#logs` or `Logs`.
    func room(called name: String) -> RoomReaders? {
        // Names of rooms have 32 bytes at most: a longer one need not be copied to find nothing.
        guard name.utf8.count <= 64 else { return nil }
        let bare = (name.hasPrefix("#") ? name.dropFirst() : name[...]).lowercased()
        return rooms.first { $0.room.name == bare }
    }

    /// Returns an unused name for a client that speaks without one.
    func nextGuest(_ bus: isolated Bus) -> Name {
        while true {
            lastGuest += 1
            let name = Name(guest: lastGuest, phrases: phrases)
            // Numbers begin again with each run: a ban or a mute of an earlier guest must not hit
            // this one.
            if bus.person(name.key) == nil, !isRestricted(name.key, bus) { return name }
        }
    }

    private func isRestricted(_ key: String, _ bus: isolated Bus) -> Bool {
        bus.accounts.ban(ofName: key) != nil || bus.accounts.mute(ofName: key) != nil
    }

    /// Listens on all given addresses, at one port.
    ///
    /// - Parameter certificate: the certificate; `nil` for connections in plain.
    /// - Throws: `BridgeError` if an address is taken, or if none of them exists on this machine.
    func listen(
        on wanted: [SocketAddress],
        _ certificate: CertificateWatch.Loaded?
    ) throws {
        do {
            try chatListener.open(at: wanted, certificate?.context)
        } catch {
            detach()
            throw BridgeError("\(error)")
        }
        certificateWatch = certificate.map { loaded in
            CertificateWatch(loaded, on: loop, log: port.log) { [unowned self] in
                self.chatListener.use($0)
            }
        }
    }

    /// Detaches the server from the loop, the rooms and the store: none of them calls it any more.
    func detach() {
        loop.removeTurnEnd(beforeTurnEndID)
        loop.removeTurnEnd(turnEndID)
        for readers in rooms {
            if let feed = readers.feed { readers.room.remove(feed) }
        }
        port.bus.assumeIsolated {
            $0.removeStoreObserver(storeObserver)
            $0.removeModerationObserver(moderationObserver)
            $0.removeConfigurationObserver(configurationObserver)
        }
    }

    /// Logs, once a minute at most, that earlier messages can't be read.
    func logQueryFailure(_ error: any Error) {
        if case PendingQuery.Failure.cancelled = error { return }
        throttledLog.warning(
            cause: "no answer: \(error)",
            "earlier messages can't be read: \(error); people who ask are told")
    }

    // MARK: - Connections

    private func admit(_ arrival: Arrival) -> Bool {
        loop.assertOwned()
        return port.bus.assumeIsolated { bus in
            let connectionID = bus.nextConnectionID()
            let connection = try? ChatConnection(
                arrival, connectionID: connectionID, identity: bus.nextIdentity(), server: self)
            guard let connection else { return false }
            connections[connectionID] = connection
            awaitName(of: connection)
            if !isLoginRequired { entrance.attach(connection) }
            if !greeting.isEmpty {
                connection.delayGreeting()
                greetings.enqueue(connection)
            }
            // Banned while it was on its way.
            if let reason = ban(of: connection.host) {
                connection.disconnect(.banned(reason: reason))
            }
            // The first lines may have come with the end of the handshake.
            if arrival.session != nil { connection.updateInterest() }
            return true
        }
    }

    /// Watches a connection that has no name, or no longer has one.
    func awaitName(of connection: ChatConnection) {
        unnamed.append(connection, among: connections.count)
    }

    /// Closes the connection that has been silent for longest, and returns whether there was one.
    private func closeSilentConnection() -> Bool {
        guard let oldest = unnamed.oldestSilent() else { return false }
        port.bus.assumeIsolated { oldest.closeToFreeCapacity($0) }
        return true
    }

    /// Closes the connections that linger, or else one that is silent.
    private func freeDescriptor() -> Bool {
        if lingering.isEmpty, !closeSilentConnection() { return false }
        lingering.closeAll()
        return true
    }

    /// Closes a descriptor once the other side has read everything.
    func linger(_ descriptor: Int32) { lingering.close(whenRead: descriptor) }

    /// Records that a connection has sent the beginning of its first line.
    func recordFirstBytes(of connection: ChatConnection) {
        unnamed.recordFirstBytes(of: connection, among: connections.count)
    }

    /// Removes a connection that has closed.
    func remove(_ connection: ChatConnection) {
        loop.assertOwned()
        connections[connection.connectionID] = nil
        stalled.remove(connection)
        chatListener.removeConnection(from: connection.host)
        checkDone()
    }

    /// Logs that a client in plain began with a PROXY header and is closed.
    func logStrangeHeader(from peer: String) { chatListener.logStrangeHeader(from: peer) }

    // MARK: - A turn

    /// Counts bytes that were read, and ends the turn before a burst overtakes the readers.
    func recordRead(_ bytes: Int) {
        bytesReadThisTurn += bytes
        if bytesReadThisTurn > bytesPerTurn { loop.endTurnEarly() }
    }

    private func endTurn(_ bus: isolated Bus) {
        bytesReadThisTurn = 0
        lastPrivate = nil
        turnEndWork.run(bus, lists: lists)
        scheduler.endTurn(readers: connections.count)
        batch.arena.shrink(to: Self.batchBytes)
    }

    // MARK: - The store

    /// Calls a connection's `continueAfterStore()` when the store has made progress.
    func awaitStore(for connection: ChatConnection) {
        loop.assertOwned()
        awaitingStore.append(connection)
    }

    private func continueAfterStore() {
        let connections = awaitingStore
        awaitingStore = []
        for connection in connections { connection.continueAfterStore() }
    }
}

extension ChatServer: RoomFeedDelegate {
    func transcriptGrew(_ feed: RoomFeed) {
        recordOwnMessages(in: feed)
        rooms.first { $0.feed === feed }?.sendPending()
    }

    /// Tells each connection which lines of a room are its own, if it does not want them back.
    func recordOwnMessages(in feed: RoomFeed) {
        feed.transcript.drainRuns { run in
            guard !echoes, let connection = connections[run.connectionID],
                connection.roomReaders.feed === feed
            else { return }
            connection.output.passOver(run)
        }
    }
}
