import Chat
import MessageBus
import Sockets

/// One client of the chat: who it is, where it is, and whether it is still listened to.
///
/// Confined to the bus's loop.
final class ChatConnection: EventHandler, @unchecked Sendable {  // touched on the loop only
    /// Who a connection is once it has a name.
    struct Member {
        var name: Name
        let person: Person
        /// `person`'s sender, at hand.
        var sender: Sender
        /// Whether the name was given, not chosen.
        var isGuest = false
    }

    /// What becomes of the lines it sends; it never goes back from the last three.
    enum Stage {
        /// They are taken as they come.
        case taking
        /// They are kept until what it has asked elsewhere is answered.
        case waiting
        /// It is broken: what had come is taken, and nobody reads an answer.
        case lost
        /// They are of no interest: it has left or is sent away, and what it is owed still goes out.
        case leaving
        /// There are none any more.
        case closed
    }

    /// The bus's number for what comes by this connection.
    let connectionID: UInt32
    /// Who this is, whatever the name.
    let identity: UInt64
    let host: HostKey?
    /// The server forgets the connection when it closes, which breaks the cycle.
    let server: ChatServer
    var stage = Stage.taking
    var member: Member?
    /// The room it is in.
    var roomReaders: RoomReaders
    /// Its place among the room's readers.
    var slot: RoomReaders.Slot?
    private(set) lazy var input = ClientInput(of: self)
    var output = ClientOutput()
    /// What it has asked of somebody who answers later; made with the first question.
    var pendingQuery: PendingQuery?
    /// Whether it has not been greeted, and hears nothing until then.
    var isHeldBack = false
    /// Whether so many answers wait that its lines do, too, in the middle of what was read.
    private var isSated = false
    /// Its share of the loop's time.
    var share = ReadScheduler.TimeShare()
    /// Reads that are left at its end.
    private var readsLeft = ChatConnection.lastReads
    /// How many commands it may give.
    var commands = CommandBucket()
    /// Whether it is not read because the store has more than enough to do.
    var isHeld = false
    /// Messages that the store is asked for at once, by the size of the last ones.
    var replayCount = 16
    /// Whether the store has been asked for what the room no longer has, whichever room that was.
    var isFetching = false
    /// Whether it has sent anything.
    private(set) var hasBegun = false
    /// Whether it has sent a line.
    var hasSentLine = false
    /// Whether a list of it waits for its turn, or for the store.
    var isListing = false
    /// Bytes of its lists that the server counts.
    var countedListBytes = 0
    /// Whether the server looks after what the other side has not confirmed.
    var isWatched = false
    /// Whether the server knows that it has something to send.
    private var isOwing = false
    /// `nil` once it is closed.
    private var connection: Connection?

    /// Reads at the end of a connection, at most: one who never stops sending must not keep others
    /// waiting.
    private static let lastReads = 64
    /// Answers that wait, at most; past it the client is not read until it reads.
    private static let answersBound = 64 << 10
    /// Stretches of its own that wait to be passed over, and places of answers, at most; the same.
    private static let placesBound = 1_024

    init(
        _ descriptor: Int32, connectionID: UInt32, host: HostKey?, identity: UInt64,
        server: ChatServer
    ) throws {
        self.connectionID = connectionID
        self.host = host
        self.identity = identity
        self.server = server
        roomReaders = server.entrance
        let connection = try Connection(descriptor, on: server.loop, handler: self)
        connection.setUpTCP(givingUpAfter: server.options.stalledAfter.inNanoseconds)
        self.connection = connection
    }

    var bus: Bus { server.port.bus }
    /// Whether its lines are taken at once.
    var isTaking: Bool { stage == .taking || stage == .lost }
    /// Whether the next line is taken at once: with too many answers unread it has to wait.
    var takesLines: Bool { isTaking && !isSated }
    /// Whether its lines wait for an answer.
    var isWaiting: Bool { stage == .waiting }
    /// Whether it has neither left nor been sent away.
    var isOpen: Bool { isTaking || isWaiting }
    var isClosed: Bool { stage == .closed }
    /// The other side, for the log.
    var peer: String { connection?.peer ?? "a client that is gone" }
    /// Whether something has come that is not read yet, or may have.
    var hasUnread: Bool { !isRead || hasSentMore }
    /// Whether something has come that is not read yet.
    var hasSentMore: Bool { connection?.hasUnread ?? false }
    /// Whether it is still to say who it is.
    var isNameless: Bool { isOpen && member == nil }
    /// Whether it has neither a name nor said anything.
    var isSilent: Bool { isNameless && !hasSentLine }
    /// What the other side has not confirmed.
    var unsentBytes: Int { connection?.unsentBytes ?? 0 }
    /// Bytes the kernel was given.
    var sentBytes: UInt64 { output.sentBytes }
    /// Whether the kernel took no more the last time.
    var isBlocked: Bool { output.isBlocked }

    // MARK: - Reading

    func handle(_ ready: Readiness) {
        bus.assumeIsolated { bus in
            if ready.contains(.writable) { server.turns.resume { pump() } }
            if ready.isDisjoint(with: [.readable, .hungUp, .failed]) { return }
            switch stage {
            case .taking: listen(ready, bus)
            // What it said before it broke, or closed both directions, is still to be taken.
            case .waiting:
                if !ready.isDisjoint(with: [.failed, .hungUp]) { closeAfterReading(bus) }
            case .leaving: discard(bus)
            case .lost, .closed: break
            }
        }
    }

    private func listen(_ ready: Readiness, _ bus: isolated Bus) {
        let isBroken = ready.contains(.failed)
        if isHeld {
            if isBroken { closeAfterReading(bus) }
        } else if bus.isLagging {
            hold()
        } else if !owesTooMuch, !isSated {
            server.turns.serve(self)
        } else if isBroken {
            closeAfterReading(bus)
        } else {
            updateInterest()
        }
    }

    /// Takes what is left of the last read, or reads once more.
    func goOnReading() {
        bus.assumeIsolated { bus in
            switch stage {
            case .lost: finishReading(bus)
            case .taking where input.hasLater:
                input.takeLater(bus)
                updateInterest()
            case .taking where bus.isLagging: hold()
            case .taking where !isHeld && !owesTooMuch && !isSated && !server.isStopping:
                _ = read(bus)
            case .taking, .waiting, .leaving, .closed: break
            }
        }
    }

    /// Reads once and takes what has come.
    ///
    /// Returns whether there may be more.
    private func read(_ bus: isolated Bus) -> Bool {
        guard let connection else { return false }
        server.batch.removeAll()
        let storage = server.batch.arena.storage
        let outcome = connection.receive(
            into: UnsafeMutableRawBufferPointer(start: storage.base, count: ChatServer.readSize))
        switch outcome {
        case .bytes(let count):
            storage.count = count
            // A text that grows may move the batch to another storage; this one must outlive it.
            withExtendedLifetime(storage) {
                input.take(storage.bytes(at: 0, count: count), bus)
            }
            server.hasRead(count)
            if !hasBegun { begin() }
            updateInterest()
            return isOpen
        case .wouldBlock: return false
        case .end: endOfInput(bus)
        case .failed: close(bus)
        }
        return false
    }

    private func begin() {
        hasBegun = true
        if isSilent { server.hasBegun(self) }
    }

    /// At the end of its input a client has said its last line; it is owed what was said until it
    /// left.
    private func endOfInput(_ bus: isolated Bus) {
        input.takeHalfLine(bus)
        // Whoever waits finds the end again afterwards.
        if !isWaiting { leave(bus) }
    }

    /// Reads what has come before the server stops.
    func readTheRest(_ bus: isolated Bus) {
        stopWaiting(bus)
        input.takeLater(bus)
        while takesLines, !owesTooMuch, readsLeft > 0, read(bus) { readsLeft -= 1 }
        if takesLines, input.endsBySilence { input.takeHalfLine(bus) }
        updateInterest()
    }

    // MARK: - Writing

    /// Sends bytes of its own, behind all that the room has said so far.
    func send(_ bytes: [UInt8]) {
        // Whoever is lost reads nothing any more.
        guard isOpen, stage != .lost else { return }
        roomReaders.feed?.catchUp()
        output.answer(bytes)
        if owesTooMuch { isSated = true }
        owes()
    }

    /// Has what is owed sent at the end of this turn.
    func owes() {
        guard !isOwing else { return }
        isOwing = true
        server.owes(self)
    }

    /// Has the lines taken that had to wait until answers were read.
    func takeLines() {
        guard isSated, !owesTooMuch else { return }
        isSated = false
        if isTaking, input.hasLater {
            server.turns.add(self)
            server.loop.wakeAgain()
        }
        updateInterest()
    }

    /// Sends what the kernel takes.
    func pump() {
        isOwing = false
        guard let connection, !isHeldBack else { return }
        let (wasBlocked, sentBefore) = (output.isBlocked, output.sentBytes)
        let progress = output.pump(connection, skipNotice: server.skipNotice)
        if output.listBytes != countedListBytes { countLists() }
        if isSated, !owesTooMuch { server.takesLines(self) }
        if output.isBlocked && !wasBlocked || !isWatched && output.sentBytes != sentBefore {
            server.stalled.watch(self)
        }
        switch progress {
        case .upToDate: if stage == .leaving { server.isBroken(self) }
        case .blocked: break
        case .behind: bus.assumeIsolated { fetch($0) }
        case .atList:
            if !isListing { server.lists.add(self) }
            isListing = true
        case .broken: server.isBroken(self)
        }
        updateInterest()
    }

    // MARK: - Bounds

    /// Whether more waits for it than should, so that it gets no long answers on top.
    var owesMuch: Bool { output.waitingBytes > Self.answersBound }

    /// Whether it is not read until it reads.
    private var owesTooMuch: Bool {
        owesMuch || output.waitingPlaces > Self.placesBound || output.ownRanges > Self.placesBound
    }

    /// Whether what it sends is read at present.
    private var isRead: Bool {
        switch stage {
        case .taking:
            !isHeld && !server.isStopping && !owesTooMuch && !isSated && !input.hasLater
        case .lost: false
        case .leaving: !owesTooMuch
        case .waiting, .closed: false
        }
    }

    /// Tells the loop what to wait for.
    func updateInterest() {
        var interest: Readiness = output.isBlocked ? .writable : []
        if isRead { interest.insert(.readable) }
        connection?.wait(for: interest)
    }

    // MARK: - The end

    /// Tells the room, unless the server stops, and closes when all that is owed is sent.
    func leave(_ bus: isolated Bus) {
        guard isOpen else { return }
        depart(bus)
        finish(bus)
    }

    private func depart(_ bus: isolated Bus) {
        guard let member else { return }
        self.member = nil
        bus.leave(member.person, by: server.port.attachment)
    }

    /// Closes when all that is owed is sent.
    func finish(_ bus: isolated Bus) {
        guard isOpen else { return }
        greet()
        roomReaders.feed?.catchUp()
        output.end(at: roomReaders.room.log.lastNumber)
        stopListening(for: .leaving)
        owes()
    }

    private func stopListening(for stage: Stage) {
        self.stage = stage
        pendingQuery?.forget()
        input.end()
    }

    /// What comes from somebody who has left is of no interest, only that it ends.
    private func discard(_ bus: isolated Bus) {
        let outcome = withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) {
            connection?.receive(into: $0)
        }
        switch outcome {
        case .failed: close(bus)
        case .end: connection?.wait(for: output.isBlocked ? .writable : [])
        default: break
        }
    }

    /// Takes what had come before the connection broke, and closes it.
    ///
    /// Sending fails as soon as the other side has closed without reading everything; what it had
    /// said until then is still there.
    func closeAfterReading(_ bus: isolated Bus) {
        if stage == .lost, share.isQueued { return }
        server.turns.beginSlice()
        if isOpen {
            stage = .lost
            isSated = false
        }
        stopWaiting(bus)
        finishReading(bus)
    }

    /// Takes what had come, a share in each turn, and closes.
    private func finishReading(_ bus: isolated Bus) {
        while isOpen {
            if input.hasLater {
                input.takeLater(bus)
            } else if readsLeft > 0, read(bus) {
                readsLeft -= 1
            } else {
                break
            }
            if isOpen, server.turns.isOver || input.hasLater { return server.turns.add(self) }
        }
        close(bus)
    }

    /// Closes, and announces it if it was not yet.
    func close(_ bus: isolated Bus) {
        guard let connection else { return }
        let hasEverything = stage == .leaving && output.isUpToDate
        stopListening(for: .closed)
        countLists()
        self.connection = nil
        roomReaders.dismiss(self)
        depart(bus)
        if hasEverything { server.linger(connection.detach()) } else { connection.close() }
        server.forget(self)
    }
}
