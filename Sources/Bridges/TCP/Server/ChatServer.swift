import Chat
import Glibc
import MessageBus
import Sockets

/// The connections of one tcp bridge.
///
/// Confined to the bus's loop.
final class ChatServer: @unchecked Sendable {  // made on the loop, and touched there only
    private enum Phase {
        case open
        /// Nobody is let in, and nothing is read; who is there is sent what is owed.
        case stopping
        /// Everybody is gone.
        case done
    }

    let options: TCP.Options
    let port: Port
    let loop: EventLoop
    let phrases: Phrases
    let grammar: LineGrammar
    let encoder: ChatEncoder
    /// What clients can make the bridge say again and again.
    let repeats: ThrottledLog
    /// What is being read; empty between two reads.
    let batch: Batch
    let flushAfter: Int64
    /// What those get first who connect; nothing where there is none.
    let greeting: [UInt8]
    /// How many commands each connection may give.
    let commandRule: CommandBucket.Rule
    /// Whose lines are taken when.
    let turns: ReadScheduler
    /// Shows what was said before.
    let history: HistoryRenderer
    /// Who has not taken everything yet.
    let stalled: StalledReaders
    /// What commands list, as it is read.
    let lists: AnswerLists

    private(set) var roomReaders: [RoomReaders] = []
    private let firstHall: Int
    private var connections: [UInt32: ChatConnection] = [:]
    private var owing: [ChatConnection] = []
    private var broken: [ChatConnection] = []
    /// Who has read enough answers for its next lines to be taken.
    private var resuming: [ChatConnection] = []
    /// Who waits for the store: to be read again, or to be carried on.
    private var waiting: [ChatConnection] = []
    private var storeObserver: UInt64 = 0
    private var readThisTurn = 0
    private var isEndingTurn = false
    private var lateWork = 0
    private var turnEnd = 0
    private var phase = Phase.open
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var lastGuest = 0
    private lazy var greetings = DelayedGreetings(after: flushAfter, on: loop, bus: port.bus)
    private lazy var chatListener = ChatListener(
        options, on: loop, log: port.log,
        ChatListener.Admission(
            admit: { [unowned self] in self.admit($0, from: $1) },
            tell: { [unowned self] in self.tell($0, $1) },
            close: { [unowned self] in self.linger($0) },
            makeRoom: { [unowned self] in self.makeRoom() },
            freeDescriptor: { [unowned self] in self.freeDescriptor() }))
    /// Who has not said who they are.
    private(set) lazy var unnamed = UnnamedConnections(
        namedWithin: options.nameWithin?.inNanoseconds, on: loop,
        find: { [unowned self] in self.connections[$0] },
        sendAway: { [unowned self] connection in
            self.port.bus.assumeIsolated { connection.sendAway($0) }
        })
    private lazy var lingering = LingeringConnections(on: loop) { [unowned self] in
        self.checkDone()
    }

    /// Bytes read in one go, and in a turn before what was said goes out.
    ///
    /// A quarter of the smallest sensible ring; larger reads make no larger writes.
    static let readSize = 64 << 10
    private static let bytesPerTurn = 1 << 20
    private static let batchBytes = readSize + (16 << 10)

    init(_ options: TCP.Options, port: Port, bus: isolated Bus, loop: EventLoop) {
        self.options = options
        self.port = port
        self.loop = loop
        phrases = Phrases(port.language)
        grammar = LineGrammar(phrases)
        encoder = ChatEncoder(phrases)
        repeats = ThrottledLog(port.log)
        batch = bus.batch(room: port.room, capacity: 4_096, bytes: Self.batchBytes)
        flushAfter = options.flushAfter.inNanoseconds
        greeting = phrases.lines(.info, options.greeting ?? phrases.greeting(options.nameless))
        commandRule = CommandBucket.Rule(options.commands)
        turns = ReadScheduler(on: loop, batch)
        history = HistoryRenderer(
            encoder, phrases, outgoing: port.attachment.outgoing, buffer: options.buffer)
        stalled = StalledReaders(
            patience: options.stalledAfter.inNanoseconds, on: loop, bus: port.bus)
        lists = AnswerLists(bound: options.lists.bytes, on: loop, bus: port.bus)
        roomReaders = bus.rooms.map { RoomReaders($0) }
        firstHall = roomReaders.firstIndex { $0.room.name == port.room } ?? 0
        if port.direction != .in {
            for roomReaders in roomReaders {
                roomReaders.open(
                    roomReaders.room.addEdition(
                        capacity: options.buffer.bytes, encoder: encoder,
                        outgoing: port.attachment.outgoing, reader: self,
                        after: bus.nextNumber()), isStored: bus.keepsMessages)
            }
        }
        lateWork = loop.beforeTurnEnd { [turns] in turns.serveWaiting() }
        turnEnd = loop.atTurnEnd { [unowned self] in
            self.port.bus.assumeIsolated { self.endTurn($0) }
        }
        storeObserver = bus.whenStoreMoves { [unowned self] in self.storeHasMoved() }
    }

    /// Whether it takes no more lines.
    var isStopping: Bool { phase != .open }
    /// Where it listens.
    var addresses: [String] { chatListener.addresses }
    /// The form in which names are compared.
    func key(of name: String) -> String { port.bus.settings.namePolicy.fold(name) }
    /// The line that tells a reader how many it missed.
    func skipNotice(_ missed: Int) -> [UInt8] {
        Array((phrases.answer(.skipped, phrases.skipped(Int(clamping: missed))) + "\n").utf8)
    }
    /// The room where connections begin.
    var entrance: RoomReaders { roomReaders[firstHall] }

    /// The room that somebody asks for: `logs`, `#logs` or `Logs`.
    func roomReaders(called name: String) -> RoomReaders? {
        guard name.utf8.count <= 64 else { return nil }
        let bare = (name.hasPrefix("#") ? name.dropFirst() : name[...]).lowercased()
        return roomReaders.first { $0.room.name == bare }
    }

    /// A name that is free, for somebody who speaks without one.
    func nextGuest(_ bus: isolated Bus) -> Name {
        while true {
            lastGuest += 1
            let name = Name(guest: lastGuest, phrases: phrases)
            if bus.person(name.key) == nil { return name }
        }
    }

    /// Listens on every address that a name stands for, at one port.
    ///
    /// - Throws: `BridgeError` if one is taken, or if none of them exists on this machine.
    func listen(on wanted: [SocketAddress]) throws {
        do {
            try chatListener.open(at: wanted)
        } catch {
            detach()
            throw BridgeError("\(error)")
        }
    }

    /// Is called by the loop and the bus no longer.
    private func detach() {
        loop.removeTurnEnd(lateWork)
        loop.removeTurnEnd(turnEnd)
        for roomReaders in roomReaders {
            if let feed = roomReaders.feed { roomReaders.room.remove(feed) }
        }
        port.bus.assumeIsolated { $0.removeStoreObserver(storeObserver) }
    }

    /// Says in the log, once a minute at most, that what was said before can't be read.
    func noteNoAnswer(_ error: any Error) {
        if case PendingQuery.Failure.stopped = error { return }
        repeats.warning(
            cause: "no answer: \(error)",
            "what was said before can't be read: \(error); who asks is told so")
    }

    // MARK: - Connections

    private func admit(_ descriptor: Int32, from host: HostKey?) -> Bool {
        port.bus.assumeIsolated { bus in
            let connectionID = bus.nextConnectionID()
            guard
                let connection = try? ChatConnection(
                    descriptor, connectionID: connectionID, host: host,
                    identity: bus.nextIdentity(),
                    server: self)
            else { return false }
            connections[connectionID] = connection
            unnamed.add(connection, among: connections.count)
            entrance.admit(connection)
            if !greeting.isEmpty {
                connection.holdBack()
                greetings.add(connection)
            }
            return true
        }
    }

    private func tell(_ descriptor: Int32, _ refusal: ConnectionRefusal) {
        let answer =
            switch refusal {
            case .tooFast: phrases.answer(.rateLimited, phrases.rateLimited)
            case .full, .addressIsFull, .noDescriptor: phrases.answer(.full, phrases.full)
            }
        Array("\(answer)\n".utf8).withUnsafeBytes {
            _ = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    /// Has the connection give way that has said nothing for longest.
    private func makeRoom() -> Bool {
        guard let oldest = unnamed.oldestSilent() else { return false }
        port.bus.assumeIsolated { oldest.giveWay($0) }
        return true
    }

    /// Frees the descriptors of who has been told everything, or of who says nothing.
    private func freeDescriptor() -> Bool {
        if lingering.isEmpty, !makeRoom() { return false }
        lingering.close()
        return true
    }

    /// Closes a descriptor once the other side has read everything.
    func linger(_ descriptor: Int32) { lingering.add(descriptor) }

    /// Notes that a connection has begun its first line.
    func hasBegun(_ connection: ChatConnection) {
        unnamed.noteBeginning(of: connection, among: connections.count)
    }

    func forget(_ connection: ChatConnection) {
        connections[connection.connectionID] = nil
        stalled.forget(connection)
        chatListener.hasLeft(from: connection.host)
        checkDone()
    }

    // MARK: - A turn

    /// Notes that a connection has something of its own to send.
    func owes(_ connection: ChatConnection) {
        // Another bridge's end of turn may owe something to somebody here, after this one's.
        if owing.isEmpty, !isEndingTurn { loop.wakeAgain() }
        owing.append(connection)
    }

    /// Notes that lines of a connection that had to wait can be taken.
    func takesLines(_ connection: ChatConnection) { resuming.append(connection) }

    /// Notes that a connection is broken; it is closed at the end of the turn.
    func isBroken(_ connection: ChatConnection) { broken.append(connection) }

    /// Notes how much was read, so that the turn ends before a burst overtakes the readers.
    func hasRead(_ bytes: Int) {
        readThisTurn += bytes
        if readThisTurn > min(Self.bytesPerTurn, options.buffer.bytes / 4) { loop.endTurnEarly() }
    }

    private func endTurn(_ bus: isolated Bus) {
        readThisTurn = 0
        isEndingTurn = true
        defer { isEndingTurn = false }
        settle(bus)
        // A piece that was taken at once leaves nothing to settle but the end of a connection.
        if lists.serve(bus) { settle(bus) }
        turns.endTurn(readers: connections.count)
        batch.arena.shrink(to: Self.batchBytes)
    }

    /// Sends what is owed, and closes what is broken.
    private func settle(_ bus: isolated Bus) {
        while !owing.isEmpty || !broken.isEmpty || !resuming.isEmpty {
            let connections = owing
            owing = []
            for connection in connections { connection.pump() }
            let ready = resuming
            resuming = []
            for connection in ready { connection.takeLines() }
            let lost = broken
            broken = []
            for connection in lost { connection.closeAfterReading(bus) }
            // Who is lost is announced, and the announcement may find more who are.
            bus.endTurn()
        }
    }

    // MARK: - The store

    /// Notes that a connection can't go on before the store does.
    func waitsForStore(_ connection: ChatConnection) { waiting.append(connection) }

    private func storeHasMoved() {
        let connections = waiting
        waiting = []
        for connection in connections { connection.storeHasMoved() }
    }

    // MARK: - Stopping

    /// Takes no more connections and lines, but what has come already; everybody is closed when all
    /// is sent.
    func stopReading(_ bus: isolated Bus) {
        guard phase == .open else { return }
        beginStopping()
        for connection in Array(connections.values) { connection.readTheRest(bus) }
        bus.whenEnding { [self] in
            self.port.bus.assumeIsolated { bus in
                for connection in Array(self.connections.values) { connection.finish(bus) }
                self.checkDone()
            }
        }
    }

    private func beginStopping() {
        if phase == .open { phase = .stopping }
        turns.isUnlimited = true
        chatListener.close()
        lingering.hurry()
        stalled.hurry()
    }

    /// Closes everything at once.
    func closeAll(_ bus: isolated Bus) {
        beginStopping()
        for connection in Array(connections.values) { connection.close(bus) }
        lingering.close()
        checkDone()
    }

    private func checkDone() {
        guard phase == .stopping, connections.isEmpty, lingering.isEmpty else { return }
        phase = .done
        stalled.end()
        greetings.end()
        unnamed.end()
        if stalled.givenUp > 0 {
            port.log.warning(
                "not everything could be delivered: clients that do not read: \(stalled.givenUp)")
        }
        detach()
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func waitUntilDone(_ bus: isolated Bus) async {
        checkDone()
        await withCheckedContinuation { waiter in
            if phase == .done { waiter.resume() } else { waiters.append(waiter) }
        }
    }
}

extension ChatServer: TranscriptReader {
    func transcriptGrew(_ feed: RoomFeed) {
        noteRuns(of: feed)
        roomReaders.first { $0.feed === feed }?.pump()
    }
}

extension ChatServer {
    /// Tells connections what they said themselves, where they don't want it back.
    func noteRuns(of feed: RoomFeed) {
        feed.transcript.drainRuns { run in
            guard !options.echo, let connection = connections[run.connectionID],
                connection.roomReaders.feed === feed
            else { return }
            connection.output.passOver(run)
        }
    }
}
