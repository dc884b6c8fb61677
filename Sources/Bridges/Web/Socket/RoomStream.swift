import Chat
import Glibc
import MessageBus
import Sockets

/// The outgoing half of a WebSocket or of a stream of server-sent events: the events of the rooms that
/// it reads, and bytes for this client alone.
///
/// Confined to the bus's loop.
final class RoomStream: WatchedConnection, ScheduledStream,
    @unchecked Sendable  // touched on the loop only
{
    /// A room that is read.
    private struct Reading {
        let room: WebRoom
        let form: WebRoom.Form
        /// The place among the form's readers.
        var slot: Int
        /// True while the store is asked.
        var isFetching = false
    }

    let connectionID: UInt32
    private let form: WebEventEncoder.Form
    private let taken: TakenConnection
    private unowned let server: WebServer
    private var output = RoomsOutput()
    private var readings: [Reading] = []
    /// Called once, when the connection is closed.
    private let onClose: (isolated Bus) -> Void
    private(set) var isOpen = true
    /// True if it closes as soon as everything is sent.
    private(set) var isEnding = false
    /// What is kept until the client has taken all answers.
    private var owners: [AnyObject] = []
    private var isScheduled = false
    private var isClosing = false
    var isWatched = false
    /// What the bridge has counted of what was sent.
    private var counted = DeliveryCounts()
    /// True while the client's input is wanted.
    var isRead = true { didSet { if isRead != oldValue { updateInterest() } } }

    /// Messages that the store is asked for at once: a client that reads a little and then nothing
    /// more holds them.
    private static let replayCount = 128
    /// Bytes of answers that may wait: a client that asks and does not read is not read either.
    private static let maxWaiting = 256 << 10

    /// Makes a stream that reads no room yet.
    init(
        _ taken: TakenConnection, as form: WebEventEncoder.Form, connectionID: UInt32,
        of server: WebServer, onClose: @escaping (isolated Bus) -> Void
    ) {
        self.taken = taken
        self.form = form
        self.connectionID = connectionID
        self.server = server
        self.onClose = onClose
    }

    /// The socket.
    var connection: Connection { taken.connection }
    /// The client.
    var peer: HTTPPeer { taken.peer }
    /// True if the kernel took no more the last time.
    var isBlocked: Bool { output.isBlocked }
    /// Bytes the kernel was given.
    var sentBytes: UInt64 { output.sentBytes }
    /// Bytes the other side has not confirmed.
    var unconfirmedBytes: Int { isOpen ? connection.unconfirmedBytes : 0 }
    /// True if so much waits to be read that nothing more should be asked.
    var isFull: Bool { output.waitingBytes > Self.maxWaiting }

    // MARK: - Rooms

    /// Returns whether a room is read.
    func reads(_ room: WebRoom) -> Bool { readings.contains { $0.room === room } }

    /// Begins to read a room.
    ///
    /// - Parameter number: the last event that the client has; `nil`: it wants only what is new.
    func read(_ room: WebRoom, after number: MessageNumber?) {
        guard isOpen, !reads(room), let form = room.form(self.form) else { return }
        let (cursor, slot) = room.attach(self, to: form, after: number)
        readings.append(Reading(room: room, form: form, slot: slot))
        output.attach(cursor)
        scheduleSend()
    }

    /// Stops reading a room; what is owed until here is still sent.
    func stopReading(_ room: WebRoom) {
        guard let index = readings.firstIndex(where: { $0.room === room }) else { return }
        let reading = readings.remove(at: index)
        reading.form.feed.catchUp()
        output.detach(from: reading.form.feed.transcript) { [server, form] in
            server.skipNotice($0, in: room, as: form)
        }
        room.detach(from: reading.form, slot: reading.slot)
        scheduleSend()
    }

    /// Returns the position in a room; `nil` if the room is not read.
    func cursor(in transcript: Transcript) -> TranscriptCursor? { output.cursor(in: transcript) }

    /// Records the place among a room's readers, which has changed.
    func setSlot(_ slot: Int, in room: WebRoom) {
        guard let index = readings.firstIndex(where: { $0.room === room }) else { return }
        readings[index].slot = slot
    }

    private func room(of transcript: Transcript) -> WebRoom? {
        readings.first { $0.form.feed.transcript === transcript }?.room
    }

    // MARK: - Holding back

    /// Holds back what a room says from here on, until `release`.
    func hold(_ room: WebRoom) {
        guard let form = room.form(form) else { return }
        output.hold(form.feed.transcript)
    }

    /// Sends what was held back for longest.
    func release(_ room: WebRoom) {
        guard isOpen, let form = room.form(form) else { return }
        output.release(form.feed.transcript)
        scheduleSend()
    }

    // MARK: - Sending

    /// Queues bytes for this client, in front of the events that it has not been sent yet.
    func send(_ bytes: [UInt8]) {
        guard isOpen, !isEnding, !bytes.isEmpty else { return }
        output.send(bytes)
        scheduleSend()
    }

    /// Queues bytes behind all that a room has said so far.
    func send(_ bytes: [UInt8], behind room: WebRoom) {
        guard isOpen, !isEnding else { return }
        guard let form = room.form(form) else { return send(bytes) }
        form.feed.catchUp()
        output.send(bytes, behind: form.feed.transcript)
        scheduleSend()
    }

    /// Keeps something until the client has taken all answers that wait, or is gone.
    func keepUntilTaken(_ owner: AnyObject) { owners.append(owner) }

    private func scheduleSend() {
        guard isOpen, !isScheduled else { return }
        isScheduled = true
        server.turnEnd.schedule(self)
    }

    /// Sends what was queued in this turn.
    func sendScheduled() {
        isScheduled = false
        sendPending()
    }

    /// Sends as much as the kernel takes.
    func sendPending() {
        guard isOpen, !isClosing else { return }
        let (wasBlocked, sentBefore) = (output.isBlocked, output.sentBytes)
        let progress = output.sendPending(connection) { [unowned self] transcript, count in
            guard let room = room(of: transcript) else { return [] }
            return server.skipNotice(count, in: room, as: form)
        }
        counted.update(to: output.counts, in: server.port.statistics)
        if output.isBlocked && !wasBlocked || !isWatched && output.sentBytes != sentBefore {
            server.stalled.watch(self)
        }
        switch progress {
        case .upToDate:
            if isEnding, output.isUpToDate { return scheduleClose() }
            if !output.behind.isEmpty { server.port.bus.assumeIsolated { serveBehind($0) } }
        case .blocked: break
        case .broken: return scheduleClose()
        }
        if !owners.isEmpty, output.waitingBytes == 0 { owners = [] }
        updateInterest()
    }

    /// Tells the loop which events to report.
    func updateInterest() {
        guard isOpen else { return }
        var interest: Readiness = output.isBlocked ? .writable : []
        if isRead, !isFull { interest.insert(.readable) }
        connection.wait(for: interest)
    }

    // MARK: - Those who are behind

    /// Fetches the next events of the rooms that the transcript no longer has, or never had.
    func serveBehind(_ bus: isolated Bus) {
        guard isOpen else { return }
        for transcript in output.behind {
            guard
                let index = readings.firstIndex(where: { $0.form.feed.transcript === transcript }),
                !readings[index].isFetching, let cursor = output.cursor(in: transcript),
                let step = readings[index].form.feed.replayStep(
                    of: cursor, atMost: Self.replayCount, bus)
            else { continue }
            obey(step, of: index, cursor, bus)
        }
    }

    private func obey(
        _ step: RoomFeed.ReplayStep, of index: Int, _ cursor: TranscriptCursor, _ bus: isolated Bus
    ) {
        let transcript = cursor.transcript
        let room = readings[index].room
        switch step {
        case .run(let run, let through): carryOn(run, through: through, in: transcript)
        case .store(let number, let through):
            readings[index].isFetching = true
            let (store, name) = (bus.store, room.room.name)
            Task(executorPreference: bus.tasks) { [self, bus = server.port.bus] in
                let found = try? await store.messages(
                    in: name, after: number, through: through, atMost: Self.replayCount)
                await bus.perform { _ in finishFetch(found, through: through, in: name) }
            }
        case .wait: server.awaitStore(for: self)
        case .lost(let through):
            let number = cursor.catchUp?.number ?? through
            output.send(
                server.skipNotice(Int(clamping: through - min(through, number)), in: room, as: form)
            )
            carryOn(StoredRun([], isComplete: true), through: through, in: transcript)
        }
    }

    private func finishFetch(
        _ found: StoredRun?, through number: MessageNumber, in room: String
    ) {
        guard let index = readings.firstIndex(where: { $0.room.room.name == room }) else { return }
        let transcript = readings[index].form.feed.transcript
        readings[index].isFetching = false
        guard let found else {
            let room = readings[index].room
            output.abandonStore(in: transcript) { [server, form] in
                server.skipNotice($0, in: room, as: form)
            }
            return scheduleSend()
        }
        carryOn(found, through: number, in: transcript)
    }

    private func carryOn(_ run: StoredRun, through number: MessageNumber, in transcript: Transcript)
    {
        guard let cursor = output.cursor(in: transcript),
            let reading = readings.first(where: { $0.form.feed.transcript === transcript })
        else { return }
        let page = reading.form.feed.page(of: run, for: cursor, as: reading.form.encoder)
        let last = run.isComplete ? number : run.messages.last?.number ?? number
        let room = reading.room
        output.carryOn(page, through: last, in: transcript) { [server, form] in
            server.skipNotice($0, in: room, as: form)
        }
        scheduleSend()
    }

    // MARK: - The end

    /// Closes once everything that is owed now is sent, these bytes last.
    func closeWhenSent(_ bytes: [UInt8]) {
        guard isOpen, !isEnding else { return }
        for reading in readings {
            reading.form.feed.catchUp()
            output.end(reading.form.feed.transcript, at: reading.room.room.lastNumber)
        }
        isEnding = true
        isRead = false
        endBytes = bytes
        scheduleSend()
    }

    /// Sends nothing more but these bytes, and closes.
    func closeAtOnce(_ bytes: [UInt8]) {
        guard isOpen, !isEnding else { return }
        output.sendOnly(bytes)
        stopReadingAll()
        isEnding = true
        isRead = false
        scheduleSend()
    }

    /// Bytes to send when all else is.
    private var endBytes: [UInt8] = []

    private func scheduleClose() {
        if !endBytes.isEmpty, !output.isBlocked {
            let bytes = endBytes
            endBytes = []
            output.send(bytes)
            return sendPending()
        }
        isClosing = true
        server.turnEnd.scheduleClose(of: self)
    }

    /// Closes now.
    func close(_ bus: isolated Bus) {
        guard isOpen else { return }
        isOpen = false
        owners = []
        stopReadingAll()
        server.stalled.remove(self)
        if isEnding, output.isUpToDate { taken.closeWhenRead() } else { taken.close() }
        onClose(bus)
    }

    private func stopReadingAll() {
        for reading in readings { reading.room.detach(from: reading.form, slot: reading.slot) }
        readings = []
    }

    /// Closes a client that has not taken what it was sent for too long.
    func closeAsStalled(_ bus: isolated Bus) {
        server.port.log.debug("a client of \(peer.address) is closed: it does not read")
        close(bus)
    }
}
