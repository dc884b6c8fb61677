import MessageBus
import Sockets

/// The incoming half of the bridge: it publishes the messages of other instances, each once,
/// together with the position in the stream.
///
/// Owned by the task that runs it.
struct StreamInbox {
    private struct RemoteRoom: Hashable {
        let store: String
        /// The room as the fleet calls it.
        let room: String

        /// The name of the checkpoint.
        var checkpoint: String { "in \(store) \(room)" }
    }

    private let fleet: Fleet
    private let broker: Broker
    private var seen: [RemoteRoom: InstanceProgress]
    private var changed: Set<RemoteRoom> = []
    private var drafts: [Draft] = []
    /// The messages among the drafts, which answers can't find yet.
    private var enqueued: Set<FleetReference> = []
    private var position: StreamPosition
    private var kept: StreamPosition
    private var keptAt: MonotonicTime
    /// The throttle for log lines about messages longer than this instance allows.
    private var tooLong = LogAllowance()
    /// The time of the first loss that nobody has been told about yet.
    private var lostAt: MonotonicTime?

    /// The most messages that are published at once.
    private static let batch = 1_024
    /// The time after which the position is stored although nothing was new.
    private static let pause: Duration = .seconds(2)
    /// The time in which lost messages may be put into the stream again before people are told.
    private static let timeout: Duration = .seconds(4)

    init(
        _ fleet: Fleet, _ broker: Broker, _ checkpoints: [String: [UInt8]],
        position: StreamPosition
    ) {
        self.fleet = fleet
        self.broker = broker
        self.position = position
        (kept, keptAt) = (position, fleet.clock.monotonic())
        seen = [:]
        for (name, state) in checkpoints {
            let parts = name.split(separator: " ")
            guard parts.count == 3, parts[0] == "in", let progress = InstanceProgress(state) else {
                continue
            }
            seen[RemoteRoom(store: String(parts[1]), room: String(parts[2]))] = progress
            if progress.lost > 0 { lostAt = keptAt }
        }
    }

    /// Publishes messages until the stream is no longer read.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    mutating func run() async throws {
        while true {
            let next = await broker.incoming.next()
            if next.isEmpty { break }
            do {
                for received in next { try await enqueue(received) }
                let isDue = fleet.clock.monotonic() - keptAt > Self.pause
                if !drafts.isEmpty || !changed.isEmpty || isDue { try await publish() }
            } catch PortError.stopped {
                // Messages that were not published are read again by the next run.
                return
            }
        }
    }

    // MARK: - One message of the stream

    private mutating func enqueue(_ received: ReceivedBatch) async throws {
        position = received.position
        if let batch = received.batch, let room = fleet.rooms.room(named: received.room) {
            let remote = RemoteRoom(store: received.store, room: received.room)
            let before = seen[remote]
            var progress = before ?? InstanceProgress()
            progress.begin(batch)
            for record in batch.records where progress.accept(record.number) {
                try await enqueue(record, of: batch.instance, from: remote.store, in: room)
            }
            progress.end(batch)
            if progress.lost > 0, lostAt == nil { lostAt = fleet.clock.monotonic() }
            if progress != before {
                seen[remote] = progress
                changed.insert(remote)
            }
            if drafts.count >= Self.batch { try await publish() }
        }
        if let lostAt, received.pending == 0, fleet.clock.monotonic() - lostAt > Self.timeout {
            try await tellLosses()
        }
    }

    private mutating func enqueue(
        _ record: FleetRecord, of instance: String, from store: String, in room: String
    ) async throws {
        let name = fleet.names.shown(record.name, bridge: record.bridge, instance: instance)
        if record.kind == .deletion {
            guard let subject = record.subject else { return }
            try await publish()
            guard let number = try await number(of: subject) else { return }
            _ = try await fleet.port.delete(number, as: name)
            return
        }
        var draft = Draft(record.text, from: name)
        draft.room = room
        draft.identity = "\(store) \(record.bridge) \(record.name)"
        draft.time = record.time
        draft.isAutomatic = record.isAutomatic
        draft.isContinuation = record.isContinuation
        if record.attachment != 0 { draft.attachment = "\(record.attachment)" }
        var own = FleetReference(store: store, number: record.number)
        if record.kind == .edit {
            draft.kind = .edit
            if let subject = record.subject {
                if enqueued.contains(subject) { try await publish() }
                own = subject
            }
        }
        draft.origin = Origin(channel: own.store, remoteID: "\(own.number)")
        draft.isLinked = true
        if let quoted = record.quoted { draft.reply = try await quotation(quoted, of: instance) }
        draft.hasJudgedReply = true
        drafts.append(draft)
        if record.kind == .message { enqueued.insert(own) }
    }

    private mutating func quotation(
        _ quoted: FleetRecord.Quoted, of instance: String
    ) async throws -> Quotation {
        if enqueued.contains(quoted.message) { try await publish() }
        let number = quoted.message.number > 0 ? try await number(of: quoted.message) : nil
        let (name, bridge) = FleetNames.parts(of: quoted.name)
        return Quotation(
            number: number ?? 0,
            name: fleet.names.shown(name, bridge: bridge, instance: instance),
            excerpt: quoted.excerpt)
    }

    /// Returns the number that a message has here; `nil` if it is not here.
    private func number(of reference: FleetReference) async throws -> MessageNumber? {
        if reference.store == fleet.store { return MessageNumber(rawValue: reference.number) }
        return try await fleet.port.numbers(
            of: "\(reference.number)", in: reference.store
        ).first
    }

    // MARK: - Publishing

    private mutating func publish() async throws {
        var checkpoints = changed.map {
            Checkpoint(key: $0.checkpoint, state: (seen[$0] ?? InstanceProgress()).state)
        }
        if position != kept {
            checkpoints.append(Checkpoint(key: Fleet.readKey, state: position.state))
        }
        if drafts.isEmpty, checkpoints.isEmpty { return }
        if drafts.isEmpty {
            try await fleet.port.saveCheckpoints(checkpoints)
        } else {
            let receipts = try await fleet.port.publish(drafts, checkpoints: checkpoints)
            for receipt in receipts {
                guard case .drop(let reason, let code, _) = receipt.verdict else { continue }
                let sentence = "message #\(receipt.number) was dropped: [\(code)] \(reason)"
                // This is nobody's decision, unlike a drop by a middleware.
                if code == "too-long", tooLong.admit(at: fleet.clock.monotonic()) {
                    fleet.log.warning(
                        "a message of another instance is longer than any here: \(sentence)")
                } else {
                    fleet.log.debug(sentence)
                }
            }
        }
        if let count = tooLong.drainHeldCount(at: fleet.clock.monotonic()) {
            fleet.log.warning("\(count) more messages of other instances were too long")
        }
        (drafts, enqueued, changed) = ([], [], [])
        (kept, keptAt) = (position, fleet.clock.monotonic())
    }

    /// Tells each room how many messages it has lost.
    private mutating func tellLosses() async throws {
        var lost: [String: UInt64] = [:]
        for (remote, progress) in seen where progress.lost > 0 {
            seen[remote]?.closeLosses()
            changed.insert(remote)
            guard let room = fleet.rooms.room(named: remote.room) else { continue }
            lost[room] = min(lost[room, default: 0] + progress.lost, ByteReader.maxOrdinal)
        }
        for (room, count) in lost.sorted(by: { $0.key < $1.key }) {
            fleet.log.warning("up to \(count) messages of other instances are lost in \(room)")
            await fleet.announce(fleet.phrases.lostMessages(count), in: room)
        }
        lostAt = nil
        try await publish()
    }
}
