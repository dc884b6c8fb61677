import MessageBus
import Sockets

/// The outgoing half of a connection: the messages of the rooms that it reads, each room in one
/// form, and bytes for this client alone.
///
/// Confined to the bus's loop.
package final class RoomStream<Form: RoomForm>: WatchedConnection,
    @unchecked Sendable  // touched on the loop only
{
    /// A room that is read.
    package struct Reading {
        /// The form in which it is read.
        package let form: Form
        /// The place among the form's readers.
        fileprivate var slot: Int
        /// True while the store is asked.
        fileprivate var isFetching = false
    }

    package let connectionID: UInt32
    /// The socket.
    package let connection: Connection
    private let streamed: any StreamedConnection
    /// The streams of the server, which may be gone once this one is closed.
    private unowned let streams: RoomStreams<Form>
    private let loop: EventLoop
    private var output = RoomsOutput()
    /// The rooms that are read.
    package private(set) var readings: [Reading] = []
    /// Called once, when the connection is closed.
    private let onClose: (isolated Bus) -> Void
    /// False once it is closed.
    package private(set) var isOpen = true
    /// True if it closes as soon as everything is sent.
    package private(set) var isEnding = false
    /// Objects that are kept alive until the client has taken all answers.
    private var owners: [AnyObject] = []
    private var isScheduled = false
    private var isClosing = false
    package var isWatched = false
    /// The part of `output.counts` that the bridge has counted already.
    private var counted = DeliveryCounts()
    /// Bytes to send when all else is.
    private var endBytes: [UInt8] = []
    /// Called when the client has taken so much that the stream is no longer `isFull`.
    package var onRoom: (() -> Void)?
    /// True while the client's input is wanted.
    package var isRead = true { didSet { if isRead != oldValue { updateInterest() } } }

    /// The number of messages that the store is asked for at once: they stay in memory if a client
    /// reads a little and then stops.
    private static var replayCount: Int { 128 }
    /// Bytes of answers that may wait: a client that asks and does not read is not read either.
    private static var maxWaiting: Int { 256 << 10 }

    /// Makes a stream that reads no room yet.
    package init(
        _ streamed: some StreamedConnection, connectionID: UInt32, of streams: RoomStreams<Form>,
        onClose: @escaping (isolated Bus) -> Void
    ) {
        self.streamed = streamed
        connection = streamed.connection
        self.connectionID = connectionID
        self.streams = streams
        loop = streams.loop
        self.onClose = onClose
    }

    /// True if the kernel took no more the last time.
    package var isBlocked: Bool { output.isBlocked }
    /// Bytes the kernel was given.
    package var sentBytes: UInt64 { output.sentBytes }
    /// Bytes the other side has not confirmed.
    package var unconfirmedBytes: Int { isOpen ? connection.unconfirmedBytes : 0 }
    /// True if so much waits for the client that nothing more should be asked for on its behalf.
    package var isFull: Bool { output.waitingBytes > Self.maxWaiting }

    // MARK: - Rooms

    private func index(of room: Room) -> Int? {
        readings.firstIndex { $0.form.feed.room === room }
    }

    private func index(of transcript: Transcript) -> Int? {
        readings.firstIndex { $0.form.feed.transcript === transcript }
    }

    /// Returns the form in which a room is read; `nil` if it is not.
    package func form(of room: Room) -> Form? { index(of: room).map { readings[$0].form } }

    /// Returns whether a room is read.
    package func reads(_ room: Room) -> Bool { index(of: room) != nil }

    /// Begins to read a room, unless it is read.
    ///
    /// - Parameter number: the last message that the client has; `nil`: it wants only what is new.
    package func read(_ form: Form, after number: MessageNumber? = nil) {
        loop.assertOwned()
        guard isOpen, !reads(form.feed.room) else { return }
        let (cursor, slot) = form.attach(self, after: number)
        readings.append(Reading(form: form, slot: slot))
        output.attach(cursor)
        scheduleSend()
    }

    /// Stops reading a room; what is owed up to now is still sent.
    package func stopReading(_ room: Room) {
        loop.assertOwned()
        guard let index = index(of: room) else { return }
        readings[index].form.catchUp()
        let reading = readings.remove(at: index)
        output.detach(from: reading.form.feed.transcript, skipNotice: reading.form.skipNotice)
        reading.form.detach(slot: reading.slot)
        scheduleSend()
    }

    private func stopReadingAll() {
        for reading in readings { reading.form.detach(slot: reading.slot) }
        readings = []
    }

    /// Returns the position in a room; `nil` if the room is not read.
    func cursor(in transcript: Transcript) -> TranscriptCursor? { output.cursor(in: transcript) }

    /// Records the place among a form's readers, which has changed.
    func setSlot(_ slot: Int, in form: Form) {
        guard let index = readings.firstIndex(where: { $0.form === form }) else { return }
        readings[index].slot = slot
    }

    /// Passes over lines of a room that the client does not want: its own.
    package func passOver(_ run: Transcript.Run, in transcript: Transcript) {
        output.passOver(run, in: transcript)
    }

    /// Holds back what a room says from here on, until `release`.
    package func hold(_ form: Form) { output.hold(form.feed.transcript) }

    /// Sends what was held back for longest.
    package func release(_ form: Form) {
        guard isOpen else { return }
        output.release(form.feed.transcript)
        scheduleSend()
    }

    // MARK: - Sending

    /// Queues bytes for this client, in front of the messages that it has not been sent yet.
    package func send(_ bytes: [UInt8]) {
        loop.assertOwned()
        guard isOpen, !isEnding, !bytes.isEmpty else { return }
        output.send(bytes)
        scheduleSend()
    }

    /// Queues bytes behind all that a room has said so far, also if the client lags; at once if the
    /// room is not read.
    package func send(_ bytes: [UInt8], behind room: Room) {
        guard isOpen, !isEnding, !bytes.isEmpty else { return }
        guard let form = form(of: room) else { return send(bytes) }
        form.catchUp()
        output.send(bytes, behind: form.feed.transcript)
        scheduleSend()
    }

    /// Keeps something until the client has taken all answers that wait, or is gone.
    package func keepUntilTaken(_ owner: AnyObject) { owners.append(owner) }

    private func scheduleSend() {
        guard isOpen, !isScheduled else { return }
        isScheduled = true
        streams.turnEnd.schedule(self)
    }

    /// Sends what was queued in this turn.
    func sendScheduled() {
        isScheduled = false
        sendPending()
    }

    /// Sends as much as the kernel takes.
    package func sendPending() {
        loop.assertOwned()
        guard isOpen, !isClosing else { return }
        let (wasBlocked, wasFull, sentBefore) = (output.isBlocked, isFull, output.sentBytes)
        let progress = output.sendPending(connection) { [unowned self] transcript, count in
            index(of: transcript).map { readings[$0].form.skipNotice(count) } ?? []
        }
        counted.update(to: output.counts, in: streams.port.statistics)
        if output.isBlocked && !wasBlocked || !isWatched && output.sentBytes != sentBefore {
            streams.stalled.watch(self)
        }
        switch progress {
        case .upToDate:
            if isEnding, output.isUpToDate { return scheduleClose() }
            if !output.behind.isEmpty { streams.port.bus.assumeIsolated { serveBehind($0) } }
        case .blocked: break
        case .broken: return scheduleClose()
        }
        if !owners.isEmpty, output.waitingBytes == 0 { owners = [] }
        updateInterest()
        if wasFull, !isFull { onRoom?() }
    }

    /// Tells the loop which events to report.
    package func updateInterest() {
        guard isOpen else { return }
        var interest: Readiness = output.isBlocked ? .writable : []
        if isRead, !isFull { interest.insert(.readable) }
        connection.wait(for: interest)
    }

    // MARK: - Those who are behind

    /// Fetches the next messages of the rooms that the transcript no longer has, or never had.
    func serveBehind(_ bus: isolated Bus) {
        guard isOpen else { return }
        for transcript in output.behind {
            guard let index = index(of: transcript), !readings[index].isFetching,
                let cursor = output.cursor(in: transcript),
                let step = readings[index].form.feed.replayStep(
                    of: cursor, atMost: Self.replayCount, bus)
            else { continue }
            replay(step, of: index, cursor, bus)
        }
    }

    private func replay(
        _ step: RoomFeed.ReplayStep, of index: Int, _ cursor: TranscriptCursor, _ bus: isolated Bus
    ) {
        let form = readings[index].form
        switch step {
        case .run(let run, let through): deliverStored(run, through: through, in: form)
        case .store(let number, let through):
            readings[index].isFetching = true
            let (store, name) = (bus.store, form.feed.room.name)
            Task(executorPreference: bus.tasks) { [self, bus = streams.port.bus] in
                let found = try? await store.messages(
                    in: name, after: number, through: through, atMost: Self.replayCount)
                await bus.perform { _ in finishFetch(found, through: through, in: name) }
            }
        case .wait: streams.awaitStore(for: self)
        case .lost(let through):
            let number = cursor.catchUp?.number ?? through
            output.send(form.skipNotice(Int(clamping: through - min(through, number))))
            deliverStored(StoredRun([], isComplete: true), through: through, in: form)
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
            output.abandonStore(in: form.feed.transcript, skipNotice: form.skipNotice)
            return scheduleSend()
        }
        deliverStored(found, through: number, in: form)
    }

    private func deliverStored(_ run: StoredRun, through number: MessageNumber, in form: Form) {
        guard let cursor = output.cursor(in: form.feed.transcript) else { return }
        let page = form.feed.page(of: run, for: cursor, as: form.encoder, hiding: connectionID)
        let last = run.isComplete ? number : run.messages.last?.number ?? number
        output.appendStored(
            page, through: last, in: form.feed.transcript, skipNotice: form.skipNotice)
        scheduleSend()
    }

    // MARK: - The end

    /// Closes once everything that is owed now is sent, these bytes last.
    package func closeWhenSent(_ bytes: [UInt8]) {
        loop.assertOwned()
        guard isOpen, !isEnding else { return }
        for reading in readings {
            reading.form.catchUp()
            output.end(reading.form.feed.transcript, at: reading.form.feed.room.lastNumber)
        }
        isEnding = true
        isRead = false
        endBytes = bytes
        scheduleSend()
    }

    /// Sends nothing more but these bytes, and closes.
    package func closeAtOnce(_ bytes: [UInt8]) {
        loop.assertOwned()
        guard isOpen, !isEnding else { return }
        output.sendOnly(bytes)
        stopReadingAll()
        isEnding = true
        isRead = false
        scheduleSend()
    }

    private func scheduleClose() {
        if !endBytes.isEmpty, !output.isBlocked {
            let bytes = endBytes
            endBytes = []
            output.send(bytes)
            return sendPending()
        }
        isClosing = true
        streams.turnEnd.scheduleClose(of: self)
    }

    /// Closes now.
    package func close(_ bus: isolated Bus) {
        guard isOpen else { return }
        isOpen = false
        owners = []
        stopReadingAll()
        streams.stalled.remove(self)
        streamed.close(whenRead: isEnding && output.isUpToDate)
        onClose(bus)
    }

    /// Closes the connection of a client that has left a byte unread for too long.
    package func closeAsStalled(_ bus: isolated Bus) {
        streams.port.log.debug(
            "\(streamed.clientName) is closed: it does not read what it is sent")
        close(bus)
    }
}
