import Chat
import MessageBus
import Metrics
import Sockets

/// One client of the chat: its socket, its name, its room, and the treatment of its lines.
///
/// Confined to the bus's loop.
// Touched on the loop only.
final class ChatConnection: EventHandler, WatchedConnection, @unchecked Sendable {
    /// The treatment of the connection's lines; the last three stages are never left for an earlier
    /// one.
    enum Stage {
        /// Lines are executed as they come.
        case accepting
        /// Lines are kept until a query is answered.
        case waiting
        /// The connection is broken: lines that had come before are executed, and no answer will be
        /// read.
        case lost
        /// Lines are discarded: the client has left or is sent away, and is still sent what it is
        /// owed.
        case leaving
        /// The socket is closed.
        case closed
    }

    /// The bus's number for what comes in on this connection.
    let connectionID: UInt32
    /// The bus's number for the person, whatever their name.
    let identity: UInt64
    /// The part of the client's address to which limits, failed attempts and bans apply; `nil` for
    /// a client on a Unix socket.
    let host: HostKey?
    /// True if nobody between the client and this machine can read what is sent: with TLS, from
    /// this machine, or through a proxy that reports TLS, and that itself is on this machine or
    /// speaks TLS to us.
    let isSecure: Bool
    /// The client's address as reported by a proxy; `nil` without one.
    private let proxiedAddress: String?
    /// The server; it removes the connection when that closes, which breaks the cycle.
    let server: ChatServer
    var stage = Stage.accepting
    var participant: Participant?
    /// The room it is in.
    var roomReaders: RoomReaders
    /// Its place among the room's readers.
    var slot: RoomReaders.Slot?
    private(set) lazy var input = ChatInput(of: self)
    var output = ClientOutput()
    /// The query in progress or the last one; made with the first.
    var pendingQuery: PendingQuery?
    /// True until it is greeted; nothing is sent before.
    var awaitsGreeting = false
    /// True while so many answers are unread that its lines wait, even in the middle of a read.
    var isBackedUp = false
    /// Its share of the loop's time.
    var share = ReadScheduler.TimeShare()
    /// Reads that are left when the connection ends: a client that never stops sending must not
    /// keep others waiting.
    ///
    /// At 64 KiB a read that is 4 MiB, most of what the kernel holds of one (tcp_rmem, tcp(7)).
    var readsLeft = 64
    /// Its allowance of commands, as long as nobody is logged in.
    var commands = CommandBucket()
    /// The people it speaks for, if its account does that.
    var relayedSenders = RelayedSenders()
    /// True while it is not read because the store lags.
    var isPausedForStore = false
    /// The number of messages in the next request to the store, computed from the size of the last
    /// ones.
    ///
    /// The first request is for 16: as texts of 2 KiB they would fill one.
    var replayCount = 16
    /// True while the store is being asked for lines of any room.
    var isFetching = false
    /// True once it has sent anything.
    var hasSentBytes = false
    /// True once it has sent a line.
    var hasSentLine = false
    /// True while one of its lists waits for its turn, or for the store.
    var awaitsListPiece = false
    /// Bytes of its lists that the server has counted.
    var countedListBytes = 0
    /// True while the server watches its unconfirmed bytes.
    var isWatched = false
    /// The part of the counts of messages sent that the bridge has counted already.
    private var counted = DeliveryCounts()
    /// True while a send is scheduled for the end of the turn.
    private var isSendScheduled = false
    /// The socket; `nil` once it is closed.
    private(set) var socket: Connection?

    /// The bytes of unread answers beyond which the client's input is not read.
    private static let maxAnswerBytes = 64 << 10
    /// The places of unread answers, and the ranges of its own lines, beyond which the client's
    /// input is not read: each costs memory, however short the answers are.
    private static let maxPlaces = 1_024

    init(
        _ arrival: Arrival, connectionID: UInt32, identity: UInt64, server: ChatServer
    ) throws {
        self.connectionID = connectionID
        host = arrival.host
        isSecure = arrival.isSecure
        proxiedAddress = arrival.isProxied ? "\(arrival.address)" : nil
        self.identity = identity
        self.server = server
        roomReaders = server.entrance
        let socket = try Connection(
            arrival.descriptor, session: arrival.session, on: server.loop, handler: self,
            counts: server.port.statistics.connections)
        socket.setUpTCP(givingUpAfter: server.options.stalledAfter)
        self.socket = socket
        server.port.statistics.connections.recordOpening()
    }

    var bus: Bus { server.port.bus }
    /// True if lines are executed.
    var acceptsLines: Bool { stage == .accepting || stage == .lost }
    /// True if the next line is executed at once, and not deferred until answers are read.
    var acceptsNextLine: Bool { acceptsLines && !isBackedUp }
    /// True while its lines wait for the answer to a query.
    var isWaiting: Bool { stage == .waiting }
    /// True until it leaves or is sent away.
    var isOpen: Bool { acceptsLines || isWaiting }
    var isClosed: Bool { stage == .closed }
    /// The client's address, for the log.
    var peer: String { proxiedAddress ?? socket?.peer ?? "a client that is gone" }
    /// True if TLS encrypts the connection, from the client or its proxy to this bridge.
    var isEncrypted: Bool { socket?.isEncrypted ?? false }
    /// True if the kernel has input that is not read yet, or may have.
    var hasUnread: Bool { !isRead || hasSentMore }
    /// True if the kernel has input that is not read yet.
    var hasSentMore: Bool { socket?.hasUnread ?? false }
    /// True while it is open and has no name.
    var isNameless: Bool { isOpen && participant == nil }
    /// True while a login is required before anything else works.
    var mustLogIn: Bool { participant == nil && server.isLoginRequired }
    /// True while it has neither a name nor sent a line.
    var isSilent: Bool { isNameless && !hasSentLine }
    /// Bytes the other side has not confirmed.
    var unconfirmedBytes: Int { socket?.unconfirmedBytes ?? 0 }
    /// Bytes the kernel was given.
    var sentBytes: UInt64 { output.sentBytes &+ (socket?.overheadBytes ?? 0) }
    /// True if the kernel took no more the last time.
    var isBlocked: Bool { output.isBlocked }
    /// True if so much is unread that no long answer may be added.
    var hasLongBacklog: Bool { output.waitingBytes > Self.maxAnswerBytes }
    /// True if the client's input is not read until the client reads.
    var isBacklogFull: Bool {
        output.exceeds(bytes: Self.maxAnswerBytes, places: Self.maxPlaces)
    }

    func handle(_ ready: Readiness) {
        bus.assumeIsolated { bus in
            if ready.contains(.writable) { server.scheduler.sendWithinBudget { sendPending() } }
            if ready.isDisjoint(with: [.readable, .hungUp, .failed]) { return }
            switch stage {
            case .accepting: readIfAllowed(ready, bus)
            // What the client sent before it broke, or closed both directions, still counts.
            case .waiting:
                if !ready.isDisjoint(with: [.failed, .hungUp]) { closeAfterReading(bus) }
            case .leaving: discardInput(bus)
            case .lost, .closed: break
            }
        }
    }

    // MARK: - Writing

    /// Sends bytes to this client alone, behind all that the room has said so far.
    func send(_ bytes: [UInt8]) {
        server.loop.assertOwned()
        // A lost connection reads no answers.
        guard isOpen, stage != .lost else { return }
        roomReaders.feed?.catchUp()
        output.answer(bytes)
        if isBacklogFull { isBackedUp = true }
        scheduleSend()
    }

    /// Schedules a send for the end of this turn.
    func scheduleSend() {
        guard !isSendScheduled else { return }
        isSendScheduled = true
        server.turnEndWork.scheduleSend(for: self)
    }

    /// Goes on with the lines that were deferred because answers were unread.
    func resumeLines() {
        guard isBackedUp, !isBacklogFull else { return }
        isBackedUp = false
        if acceptsLines, input.hasDeferred {
            server.scheduler.enqueue(self)
            server.loop.requestTurnIfEnding()
        }
        updateInterest()
    }

    /// Sends as much as the kernel takes.
    func sendPending() {
        isSendScheduled = false
        guard let socket, !awaitsGreeting else { return }
        let (wasBlocked, sentBefore) = (output.isBlocked, output.sentBytes)
        let progress = output.sendPending(socket, skipNotice: server.skipNotice)
        counted.update(to: output.counts, in: server.port.statistics)
        if output.listBytes != countedListBytes { updateListBytes() }
        if isBackedUp, !isBacklogFull { server.turnEndWork.scheduleResume(of: self) }
        if output.isBlocked && !wasBlocked || !isWatched && output.sentBytes != sentBefore {
            server.stalled.watch(self)
        }
        switch progress {
        case .upToDate: if stage == .leaving { server.turnEndWork.scheduleClose(of: self) }
        case .blocked: break
        case .behind: bus.assumeIsolated { fetchFromStore($0) }
        case .atList:
            if !awaitsListPiece { server.lists.enqueue(self) }
            awaitsListPiece = true
        case .broken: server.turnEndWork.scheduleClose(of: self)
        }
        // Unless the kernel is full, or was, sending changes nothing but that input is read again.
        if wasBlocked || output.isBlocked || !socket.isWaiting(for: .readable) { updateInterest() }
    }

    /// Tells the loop which events to report.
    func updateInterest() {
        var interest: Readiness = output.isBlocked ? .writable : []
        if isRead { interest.insert(.readable) }
        guard let socket else { return }
        socket.wait(for: interest)
        // The loop reports only what the kernel has.
        if socket.hasHeldInput, isRead {
            server.scheduler.enqueue(self)
            server.loop.requestTurn()
        }
    }

    // MARK: - The end

    /// Announces that the person leaves, and closes when all that is owed is sent.
    func leave(_ bus: isolated Bus) {
        guard isOpen else { return }
        leaveBus(bus)
        closeWhenSent(bus)
    }

    /// Tells the rooms, where need be, that the person has left; the connection has no name from
    /// then on.
    func leaveBus(_ bus: isolated Bus) {
        guard let participant else { return }
        self.participant = nil
        bus.leave(participant.presence)
    }

    /// Closes when all that is owed is sent.
    func closeWhenSent(_ bus: isolated Bus) {
        guard isOpen else { return }
        greet()
        roomReaders.feed?.catchUp()
        output.end(at: roomReaders.room.log.lastNumber)
        endInput(as: .leaving)
        scheduleSend()
    }

    private func endInput(as stage: Stage) {
        self.stage = stage
        pendingQuery?.cancel()
        input.discard()
    }

    /// Closes at once, and announces that the person has left, unless that was done before.
    func close(_ bus: isolated Bus) {
        guard let socket else { return }
        let mayRead = stage == .leaving && output.isUpToDate || socket.hasSentAlert
        endInput(as: .closed)
        updateListBytes()
        counted.update(to: output.counts, in: server.port.statistics)
        self.socket = nil
        roomReaders.detach(self)
        leaveBus(bus)
        server.port.statistics.connections.recordClosing()
        if mayRead { server.linger(socket.detach()) } else { socket.close() }
        server.remove(self)
    }
}
