import MessageBus
import Sockets

/// One client of the chat: what it sends, who it is, what it is owed.
///
/// Confined to the bus's loop.
final class ChatConnection: EventHandler, @unchecked Sendable {  // touched on the loop only
    /// Who a connection is once it has a name.
    struct Member {
        var name: Name
        let person: Person
        /// `person`'s sender, at hand.
        var sender: Sender
    }

    private enum Phase {
        /// Reads and writes.
        case open
        /// Has left or is sent away: what it is owed still goes out.
        case leaving
        case closed
    }

    /// The bus's number for what comes by this connection.
    let source: UInt32
    /// Who this is, whatever the name.
    let identity: UInt64
    let host: HostKey?
    /// The server forgets the connection when it closes, which breaks the cycle.
    let server: ChatServer
    var connection: Connection?
    var splitter: LineSplitter
    var outflow = Outflow()
    var member: Member?
    /// The room it is in.
    var hall: Hall
    /// Its place among the room's readers.
    var place: Int?
    /// Where the room was when it began to read it: a position in the room's log.
    var readsFrom: UInt64 = 0
    /// Whether lines are taken as they come: it is open and waits for no answer.
    var isTaking = true
    /// What it has asked of somebody who answers later; made with the first question.
    var inquiry: Inquiry?
    /// What it has sent while it waits for the answer.
    var later = LaterLines()
    /// Whether it is about to be closed because it is broken: nobody reads an answer.
    private(set) var isLost = false
    private var phase = Phase.open
    private var isOwing = false
    private var isPaused = false
    /// Whether it is not read because the store has more than enough to do.
    var isHeld = false
    /// Whether the store has been asked for what the room no longer has.
    var isFetching = false
    /// When the kernel last took something, in the loop's time.
    private(set) var lastProgress: Int64 = 0
    /// What the other side had not confirmed when that was last looked at.
    private var unsentBytes = 0
    /// Ends the lines of a client that has never sent an LF.
    private var silence: LoopTimer?

    /// Reads at the end of a connection, at most: one who never stops sending must not keep others
    /// waiting.
    private static let lastReads = 64
    /// Answers that wait, at most; past it the client is not read until it reads.
    private static let answersBound = 64 << 10
    /// Stretches of its own that wait to be passed over, and places of answers, at most; the same.
    private static let holesBound = 1_024

    init(
        _ descriptor: Int32, source: UInt32, host: HostKey?, identity: UInt64, server: ChatServer
    ) throws {
        self.source = source
        self.host = host
        self.identity = identity
        self.server = server
        splitter = LineSplitter(longest: server.options.maxLine.bytes)
        hall = server.entrance
        let connection = try Connection(descriptor, on: server.loop, handler: self)
        connection.setUpTCP(keepAliveAfter: 60)
        self.connection = connection
    }

    var bus: Bus { server.port.bus }
    var isOpen: Bool { phase == .open }
    var isClosed: Bool { phase == .closed }

    // MARK: - Events

    func handle(_ ready: Readiness) {
        bus.assumeIsolated { bus in
            if ready.contains(.writable) { resumeWriting() }
            if ready.isDisjoint(with: [.readable, .hungUp, .failed]) { return }
            switch phase {
            // What it said before it broke, or closed both directions, is still to be taken.
            case .open where isWaiting:
                if !ready.isDisjoint(with: [.failed, .hungUp]) { closeAfterReading(bus) }
            case .open where isHeld: if ready.contains(.failed) { closeAfterReading(bus) }
            case .open where bus.isLagging: hold()
            case .open where !isPaused: _ = read(bus)
            case .open: if ready.contains(.failed) { close(bus) }
            case .leaving: discard(bus)
            case .closed: break
            }
        }
    }

    /// Reads once and takes what has come.
    ///
    /// Returns whether there may be more.
    private func read(_ bus: isolated Bus) -> Bool {
        guard let connection else { return false }
        server.batch.removeAll()
        let storage = server.batch.storage
        let outcome = connection.receive(
            into: UnsafeMutableRawBufferPointer(start: storage.base, count: ChatServer.readSize))
        switch outcome {
        case .bytes(let count):
            storage.count = count
            // A text that grows may move the batch to another storage; this one must outlive it.
            withExtendedLifetime(storage) {
                take(storage.bytes(at: 0, count: count), bus)
            }
            server.hasRead(count)
            checkBounds()
            return isOpen
        case .wouldBlock: return false
        case .end: endOfInput(bus)
        case .failed: close(bus)
        }
        return false
    }

    private func take(_ bytes: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        var reader = LineReader(self, base: bytes.baseAddress)
        splitter.split(bytes) { piece in
            if isTaking { reader.take(piece, bus) } else { keepForLater(piece) }
        }
        reader.flush(bus)
        noteSilence()
    }

    /// At the end of its input a client has said its last line; it is owed what was said until it
    /// left.
    private func endOfInput(_ bus: isolated Bus) {
        takePending(bus)
        // Whoever waits finds the end again afterwards.
        if !isWaiting { leave(bus) }
    }

    private func takePending(
        leaving: (UnsafeRawBufferPointer) -> Int = { _ in 0 }, _ bus: isolated Bus
    ) {
        server.batch.removeAll()
        var reader = LineReader(self, base: nil)
        splitter.flush(leaving: leaving) { piece in
            if isTaking { reader.take(piece, bus) } else { keepForLater(piece) }
        }
        reader.flush(bus)
    }

    /// Reads what has come before the server stops.
    func readTheRest(_ bus: isolated Bus) {
        stopWaiting(bus)
        var readsLeft = Self.lastReads
        while isOpen, !isPaused, readsLeft > 0, read(bus) { readsLeft -= 1 }
        if isOpen, !splitter.hasSeenEnding { takePending(bus) }
        connection?.wait(for: outflow.isBlocked ? .writable : [])
    }

    // MARK: - Clients without line endings

    func noteSilence() {
        guard isTaking, !splitter.hasSeenEnding else {
            silence?.cancel()
            return
        }
        guard splitter.hasPending || splitter.isInTooLongLine else { return }
        if silence == nil {
            silence = LoopTimer { [unowned self] in
                self.bus.assumeIsolated { self.endLineBySilence($0) }
            }
        }
        if let silence { server.loop.set(silence, after: server.flushAfter) }
    }

    private func endLineBySilence(_ bus: isolated Bus) {
        guard isTaking, !splitter.hasSeenEnding else { return }
        // A text that ends within a character waits for the rest of it: its end is still to come.
        takePending(
            leaving: { if case .cutOff = TextEncoding($0) { $0.count } else { 0 } }, bus)
    }

    // MARK: - Writing

    /// Answers this connection alone.
    func answer(_ code: AnswerCode, _ text: String) {
        send(Array((server.words.answer(code, text) + "\n").utf8))
    }

    /// Answers this connection alone, with a code that a middleware chose.
    func answer(code: String, _ text: String) { send(line(Drop(code: code, reason: text))) }

    /// Tells why messages were dropped, by line and not by the step that dropped them.
    func answer(_ drops: [(index: Int, drop: Drop)]) {
        var bytes: [UInt8] = []
        var last: (drop: Drop, line: [UInt8])?
        for (_, drop) in drops.sorted(by: { $0.index < $1.index }) {
            // Who floods is told the same many times, which is put into words once.
            if last?.drop != drop { last = (drop, line(drop)) }
            bytes.append(contentsOf: last?.line ?? [])
        }
        send(bytes)
    }

    private func line(_ drop: Drop) -> [UInt8] {
        let words = server.words
        let ownReason =
            drop.code == AnswerCode.rateLimited.rawValue ? words.rateLimited : words.dropped
        let text = words.answer(code: drop.code, drop.reason.isEmpty ? ownReason : drop.reason)
        // A middleware may say anything, and may quote what it judged.
        var line = Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        line.append(0x0A)
        return line
    }

    /// Sends bytes of its own, behind all that the room has said so far.
    func send(_ bytes: [UInt8]) {
        guard phase == .open else { return }
        hall.edition?.catchUp()
        outflow.answer(bytes)
        owes()
    }

    /// Has what is owed sent at the end of this turn.
    func owes() {
        guard !isOwing else { return }
        isOwing = true
        server.owes(self)
    }

    /// Sends what the kernel takes.
    func pump() {
        isOwing = false
        guard phase != .closed, let connection else { return }
        let wasBlocked = outflow.isBlocked
        let progress = outflow.pump(connection, skipNotice: server.skipNotice)
        switch progress {
        case .upToDate:
            if wasBlocked { server.noteUnblocked(self) }
            if phase == .leaving { server.isBroken(self) }
        case .blocked:
            if !wasBlocked {
                lastProgress = server.loop.now
                unsentBytes = connection.unsentBytes
                server.noteBlocked(self)
            }
        case .behind:
            if wasBlocked { server.noteUnblocked(self) }
            bus.assumeIsolated { fetch($0) }
        case .broken: server.isBroken(self)
        }
        checkBounds()
    }

    /// Finds out whether the other side has taken something: the kernel says that it can be written
    /// to only when a good part of its buffer is free, which a slow reader takes long for.
    func noteProgress() {
        let unsent = connection?.unsentBytes ?? 0
        if unsent < unsentBytes { lastProgress = server.loop.now }
        unsentBytes = unsent
    }

    private func resumeWriting() {
        lastProgress = server.loop.now
        pump()
    }

    /// Whether more waits for it than should, so that it gets no long answers on top.
    var owesMuch: Bool { outflow.waitingBytes > Self.answersBound }

    /// Stops reading from who does not read its answers, until it does, and from who waits for one.
    func checkBounds() {
        isPaused =
            isWaiting || owesMuch || outflow.waitingHoles > Self.holesBound
            || outflow.waitingMarks > Self.holesBound
        updateInterest()
    }

    func updateInterest() {
        var interest: Readiness = outflow.isBlocked ? .writable : []
        let isRead = phase == .leaving || !isHeld && !server.isStopping
        if isRead, !isPaused { interest.insert(.readable) }
        connection?.wait(for: interest)
    }

    // MARK: - The end

    /// Tells the room, unless the server stops, and closes when all that is owed is sent.
    func leave(_ bus: isolated Bus) {
        guard phase == .open else { return }
        if let member {
            self.member = nil
            bus.leave(member.person, by: server.port.intake)
        }
        finish(bus)
    }

    /// Closes when all that is owed is sent.
    func finish(_ bus: isolated Bus) {
        guard phase == .open else { return }
        hall.edition?.catchUp()
        outflow.end(at: hall.room.log.lastNumber)
        phase = .leaving
        stopTaking()
        owes()
    }

    private func stopTaking() {
        isTaking = false
        inquiry?.forget()
        later = LaterLines()
        silence?.cancel()
    }

    /// What comes from somebody who has left is of no interest, only that it ends.
    private func discard(_ bus: isolated Bus) {
        let outcome = withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) {
            connection?.receive(into: $0)
        }
        switch outcome {
        case .failed: close(bus)
        case .end: connection?.wait(for: outflow.isBlocked ? .writable : [])
        default: break
        }
    }

    /// Takes what had come before the connection broke, and closes it.
    ///
    /// Sending fails as soon as the other side has closed without reading everything; what it had
    /// said until then is still there.
    func closeAfterReading(_ bus: isolated Bus) {
        isLost = true
        stopWaiting(bus)
        var readsLeft = Self.lastReads
        while isOpen, readsLeft > 0, read(bus) { readsLeft -= 1 }
        close(bus)
    }

    /// Closes, and announces it if it was not yet.
    func close(_ bus: isolated Bus) {
        guard phase != .closed else { return }
        let wasLeaving = phase == .leaving
        phase = .closed
        stopTaking()
        hall.dismiss(self)
        if let member {
            self.member = nil
            bus.leave(member.person, by: server.port.intake)
        }
        if let connection {
            self.connection = nil
            if wasLeaving, outflow.isUpToDate {
                server.linger(connection.detach())
            } else {
                connection.close()
            }
        }
        server.forget(self)
    }
}
