import Chat
import MessageBus
import Sockets

/// The outgoing half of a client: the lines of the channels that it is in, and answers of its own.
///
/// Confined to the bus's loop.
final class IRCStream: WatchedConnection, ScheduledStream,
    @unchecked Sendable  // touched on the loop only
{
    /// A channel that is read.
    private struct Reading {
        let form: ChannelForm
        /// The place among the form's readers.
        var slot: Int
        /// True while the store is asked.
        var isFetching = false
    }

    let connectionID: UInt32
    private let wire: ClientWire
    private unowned let network: IRCNetwork
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
    /// What the client was told of people in this turn.
    private var told: Set<String> = []
    /// True while the client's input is wanted.
    var isRead = true { didSet { if isRead != oldValue { updateInterest() } } }

    /// Messages that the store is asked for at once.
    private static let replayCount = 128
    /// Bytes of answers that may wait: a client that asks and does not read is not read either.
    private static let maxWaiting = 256 << 10

    /// Makes a stream that reads no channel yet.
    init(
        _ wire: ClientWire, connectionID: UInt32, of network: IRCNetwork,
        onClose: @escaping (isolated Bus) -> Void
    ) {
        self.wire = wire
        self.connectionID = connectionID
        self.network = network
        self.onClose = onClose
    }

    /// The socket.
    var connection: Connection { wire.connection }
    /// The form of the wire.
    var transport: ClientForm.Transport { wire.transport }
    /// True if the kernel took no more the last time.
    var isBlocked: Bool { output.isBlocked }
    /// Bytes the kernel was given.
    var sentBytes: UInt64 { output.sentBytes }
    /// Bytes the other side has not confirmed.
    var unconfirmedBytes: Int { isOpen ? connection.unconfirmedBytes : 0 }
    /// True if so much waits to be read that nothing more should be asked.
    var isFull: Bool { output.waitingBytes > Self.maxWaiting }
    /// The channels that are read.
    var forms: [ChannelForm] { readings.map(\.form) }

    // MARK: - Channels

    private func index(of room: Room) -> Int? {
        readings.firstIndex { $0.form.feed.room === room }
    }

    /// Returns the form in which a room is read; `nil` if it is not.
    func form(of room: Room) -> ChannelForm? { index(of: room).map { readings[$0].form } }

    /// Begins to read a room at its present end.
    func read(_ form: ChannelForm) {
        guard isOpen, index(of: form.feed.room) == nil else { return }
        let (cursor, slot) = form.attach(self)
        readings.append(Reading(form: form, slot: slot))
        output.attach(cursor)
        scheduleSend()
    }

    /// Stops reading a room; what is owed until here is still sent.
    func stopReading(_ room: Room) {
        guard let index = index(of: room) else { return }
        readings[index].form.catchUp()
        let reading = readings.remove(at: index)
        output.detach(from: reading.form.feed.transcript) { [unowned self] in
            skipNotice($0, in: reading.form)
        }
        network.detach(reading.form, slot: reading.slot)
        scheduleSend()
    }

    /// Returns the position in a room; `nil` if the room is not read.
    func cursor(in transcript: Transcript) -> TranscriptCursor? { output.cursor(in: transcript) }

    /// Records the place among a form's readers, which has changed.
    func setSlot(_ slot: Int, in form: ChannelForm) {
        guard let index = readings.firstIndex(where: { $0.form === form }) else { return }
        readings[index].slot = slot
    }

    /// Passes over lines that the client does not want: its own.
    func passOver(_ run: Transcript.Run, in form: ChannelForm) {
        output.passOver(run, in: form.feed.transcript)
    }

    /// Records something about a person that the client is told now, and returns false if it was told
    /// that in this turn already, in another channel.
    func recordTold(_ key: String) -> Bool {
        if told.isEmpty { network.clearTold(of: self) }
        return told.insert(key).inserted
    }

    /// Forgets what the client was told in this turn.
    func clearTold() { told = [] }

    /// Holds back what a room says from here on, until `release`.
    func hold(_ form: ChannelForm) { output.hold(form.feed.transcript) }

    /// Sends what was held back.
    func release(_ form: ChannelForm) {
        guard isOpen else { return }
        output.release(form.feed.transcript)
        scheduleSend()
    }

    // MARK: - Sending

    /// Queues lines for this client, behind what its channels have said so far.
    func send(_ lines: [UInt8]) {
        guard isOpen, !isEnding, !lines.isEmpty else { return }
        sendRooms()
        output.send(encoded(lines))
        scheduleSend()
    }

    /// Queues lines behind all that a room has said so far, also if the client lags.
    func send(_ lines: [UInt8], behind form: ChannelForm) {
        guard isOpen, !isEnding, !lines.isEmpty else { return }
        form.catchUp()
        output.send(encoded(lines), behind: form.feed.transcript)
        scheduleSend()
    }

    /// Queues bytes as they are: a frame.
    func sendFrame(_ frame: [UInt8]) {
        guard isOpen, !isEnding else { return }
        output.send(frame)
        scheduleSend()
    }

    private func encoded(_ lines: [UInt8]) -> [UInt8] {
        if transport == .lines { return lines }
        var frames: [UInt8] = []
        ChannelEncoder.append(lines, as: transport, to: &frames)
        return frames
    }

    /// Sends what the channels have said in this turn, so that an answer comes behind it.
    private func sendRooms() {
        if output.isBlocked { return }
        var isNew = false
        for reading in readings where reading.form.hasNews {
            reading.form.catchUp()
            isNew = true
        }
        if isNew { sendPending() }
    }

    /// Keeps something until the client has taken all answers that wait, or is gone.
    func keepUntilTaken(_ owner: AnyObject) { owners.append(owner) }

    private func scheduleSend() {
        guard isOpen, !isScheduled else { return }
        isScheduled = true
        network.turnEnd.schedule(self)
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
            guard
                let reading = readings.first(where: { $0.form.feed.transcript === transcript })
            else { return [] }
            return skipNotice(count, in: reading.form)
        }
        counted.update(to: output.counts, in: network.port.statistics)
        if output.isBlocked && !wasBlocked || !isWatched && output.sentBytes != sentBefore {
            network.stalled.watch(self)
        }
        switch progress {
        case .upToDate:
            if isEnding, output.isUpToDate { return scheduleClose() }
            if !output.behind.isEmpty { network.port.bus.assumeIsolated { serveBehind($0) } }
        case .blocked: break
        case .broken: return scheduleClose()
        }
        if !owners.isEmpty, output.waitingBytes == 0 { owners = [] }
        updateInterest()
    }

    private func skipNotice(_ count: Int, in form: ChannelForm) -> [UInt8] {
        encoded(network.skipNotice(count, in: form.feed.room))
    }

    /// Tells the loop which events to report.
    func updateInterest() {
        guard isOpen else { return }
        var interest: Readiness = output.isBlocked ? .writable : []
        if isRead, !isFull { interest.insert(.readable) }
        connection.wait(for: interest)
    }

    // MARK: - Those who are behind

    /// Fetches the next lines of the channels that the transcript no longer has.
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
        switch step {
        case .run(let run, let through): carryOn(run, through: through, in: transcript)
        case .store(let number, let through):
            readings[index].isFetching = true
            let (store, name) = (bus.store, readings[index].form.feed.room.name)
            Task(executorPreference: bus.tasks) { [self, bus = network.port.bus] in
                let found = try? await store.messages(
                    in: name, after: number, through: through, atMost: Self.replayCount)
                await bus.perform { _ in finishFetch(found, through: through, in: name) }
            }
        case .wait: network.awaitStore(for: self)
        case .lost(let through):
            let number = cursor.catchUp?.number ?? through
            let missed = Int(clamping: through - min(through, number))
            output.send(skipNotice(missed, in: readings[index].form))
            carryOn(StoredRun([], isComplete: true), through: through, in: transcript)
        }
    }

    private func finishFetch(
        _ found: StoredRun?, through number: MessageNumber, in room: String
    ) {
        guard let index = readings.firstIndex(where: { $0.form.feed.room.name == room }) else {
            return
        }
        let form = readings[index].form
        readings[index].isFetching = false
        guard let found else {
            output.abandonStore(in: form.feed.transcript) { [unowned self] in
                skipNotice($0, in: form)
            }
            return scheduleSend()
        }
        carryOn(found, through: number, in: form.feed.transcript)
    }

    private func carryOn(_ run: StoredRun, through number: MessageNumber, in transcript: Transcript)
    {
        guard let cursor = output.cursor(in: transcript),
            let reading = readings.first(where: { $0.form.feed.transcript === transcript })
        else { return }
        var page = EncodedPage(
            skipping: cursor.catchUp?.linesSent ?? 0, longest: transcript.maxLineBytes)
        for message in reading.form.feed.shown(run.messages) {
            page.append(
                message, isShown: message.header.connectionID != connectionID,
                as: reading.form.encoder)
        }
        let last = run.isComplete ? number : run.messages.last?.number ?? number
        output.carryOn(page, through: last, in: transcript) { [unowned self] in
            skipNotice($0, in: reading.form)
        }
        scheduleSend()
    }

    // MARK: - The end

    /// Closes once everything that is owed now is sent, these lines last.
    func closeWhenSent(_ lines: [UInt8]) {
        guard isOpen, !isEnding else { return }
        for reading in readings {
            reading.form.catchUp()
            output.end(reading.form.feed.transcript, at: reading.form.feed.room.lastNumber)
        }
        isEnding = true
        isRead = false
        endBytes = encoded(lines)
        if transport != .lines { WebSocketFrame.appendClose(.normal, to: &endBytes) }
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
        network.turnEnd.scheduleClose(of: self)
    }

    /// Closes now.
    func close(_ bus: isolated Bus) {
        guard isOpen else { return }
        isOpen = false
        owners = []
        for reading in readings { network.detach(reading.form, slot: reading.slot) }
        readings = []
        network.stalled.remove(self)
        wire.close(whenRead: isEnding && output.isUpToDate)
        onClose(bus)
    }

    /// Closes a client that has not taken what it was sent for too long.
    func closeAsStalled(_ bus: isolated Bus) {
        network.port.log.debug("a client is closed: it does not read what it is sent")
        close(bus)
    }
}
