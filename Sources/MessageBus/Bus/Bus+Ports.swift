extension Bus {
    /// Notes where the rooms are when a bridge starts, so that it misses nothing from then on.
    package func begin(_ intake: BridgeAttachment) {
        intake.readiness.store(false, ordering: .releasing)
        for room in rooms { intake.positions[room.name] = room.log.end }
    }

    /// Forgets what a run of a bridge has left behind.
    package func finish(_ intake: BridgeAttachment) {
        for cursor in intake.cursors { cursor.cancel() }
        intake.cursors = []
        for person in intake.people { leave(person, by: intake) }
        intake.people = []
        intake.mail = []
        while intake.openSources > 0 { closeSource(intake) }
    }

    func ready(_ intake: BridgeAttachment) { intake.readiness.store(true, ordering: .releasing) }

    func present(_ name: String, by intake: BridgeAttachment) -> Bool {
        guard let room = room(intake.room) else { return false }
        let person = Person(
            sender: sender(of: Draft("", from: name), by: intake), room: room, mailbox: intake,
            isAnnounced: false)
        guard enter(person, by: intake) == nil else { return false }
        intake.people.append(person)
        return true
    }

    var now: Timestamp { Timestamp(milliseconds: settings.time()) }

    /// Whether a bridge has said that it works, since it was last started.
    package func isReady(_ intake: BridgeAttachment) -> Bool { intake.isReady }

    // MARK: - Publishing

    func publish(
        _ drafts: [Draft], checkpoints: [Checkpoint]?, by intake: BridgeAttachment
    ) async throws -> [Receipt] {
        // All or nothing: a room that does not exist is found before anything is said.
        for case let name? in drafts.lazy.map(\.room) where room(name) == nil {
            throw PortError.noRoom(name)
        }
        let drafts = try await withSettledQuotations(drafts, by: intake)
        try await waitForRoom(isOwed: checkpoints != nil)
        guard !isEnding else { throw PortError.stopped }
        var receipts: [Receipt] = []
        receipts.reserveCapacity(drafts.count)
        var rest = drafts[...]
        while let first = rest.first {
            let name = first.room ?? intake.room
            guard let room = room(name) else { throw PortError.noRoom(name) }
            let run = self.run(of: rest, in: name, by: intake)
            rest = rest.dropFirst(run.count)
            receipts += self.receipts(
                publish(run, in: room, by: intake, isOwed: checkpoints != nil))
        }
        if let checkpoints {
            // In the same turn as the messages: the store keeps both in one transaction.
            let progress = SourceProgress(
                bridge: intake.name, checkpoints: checkpoints,
                links: links(drafts, receipts, by: intake))
            try await store.take(progress).wait()
        }
        return receipts
    }

    /// Keeps checkpoints, whether the bus has ended or not.
    func keep(_ checkpoints: [Checkpoint], by intake: BridgeAttachment) async throws {
        let progress = SourceProgress(bridge: intake.name, checkpoints: checkpoints)
        try await store.take(progress).wait()
    }

    /// What messages are called where they came from: for answers and edits, or, of those that were
    /// dropped, so that nothing of them is quoted.
    private func links(
        _ drafts: [Draft], _ receipts: [Receipt], by intake: BridgeAttachment
    ) -> [(channel: DurableReader.Channel, link: Link)] {
        zip(drafts, receipts).compactMap { draft, receipt in
            guard draft.isLinked, let origin = draft.origin, let remoteID = origin.remoteID else {
                return nil
            }
            let channel = DurableReader.Channel(bridge: intake.name, name: origin.channel)
            return (
                receipt.verdict == .pass ? channel : channel.dropped,
                Link(number: receipt.number, remoteID: remoteID)
            )
        }
    }

    /// As many drafts of one room as a batch takes: so few bytes that the room's readers look at
    /// them before its log lets them go.
    private func run(
        of drafts: ArraySlice<Draft>, in room: String, by intake: BridgeAttachment
    ) -> ArraySlice<Draft> {
        var bytes = 0
        let rest = drafts.dropFirst().prefix(1_023).prefix { draft in
            bytes += draft.text.utf8.count
            return bytes < 512 << 10 && (draft.room ?? intake.room) == room
        }
        return drafts.prefix(1 + rest.count)
    }

    /// Publishes drafts of one room.
    ///
    /// - Parameter isOwed: whether the source waits until they are kept.
    private func publish(
        _ drafts: ArraySlice<Draft>, in room: Room, by intake: BridgeAttachment, isOwed: Bool
    ) -> Batch {
        let batch = self.batch(
            room: room.name, capacity: drafts.count,
            bytes: drafts.reduce(0) { $0 + $1.text.utf8.count })
        for draft in drafts {
            var text = draft.text
            text.withUTF8 { add(draft, UnsafeRawBufferPointer($0), to: batch, by: intake) }
        }
        guard intake.direction == .out else {
            publish(batch, in: room, by: intake, isOwed: isOwed)
            return batch
        }
        // What the bus itself says of such a bridge is no message that it brings in.
        for (index, draft) in drafts.enumerated() where !draft.isFromBus {
            batch.drop(index, Drop(code: "forbidden", reason: "direction is \"out\""))
        }
        if drafts.contains(where: \.isFromBus) {
            publish(batch, in: room, by: intake, isOwed: isOwed)
        }
        return batch
    }

    private func receipts(_ batch: Batch) -> [Receipt] {
        var verdicts = [Verdict](repeating: .pass, count: batch.count)
        for (index, drop) in batch.drops { verdicts[index] = .drop(drop.reason, code: drop.code) }
        return zip(batch.all, verdicts).map { Receipt(number: $0.number, verdict: $1) }
    }

    func add(
        _ draft: Draft, _ text: UnsafeRawBufferPointer, to batch: Batch, by intake: BridgeAttachment
    ) {
        var record = MessageHeader()
        record.kind = draft.kind
        let details = MessageDetails(of: draft, at: settings.time())
        let sender = sender(of: draft, by: intake)
        if TextScan.isPrintableASCII(text) {
            batch.append(record, text: text, sender: sender, details: details)
        } else {
            let cleaned = TextCleaning.cleaned(repairing: text, lineEndings: .kept)
            let endings = text.count { $0 == UInt8(ascii: "\r") }
            // A CR LF that has become an LF is no control character that had to be removed.
            if text.count - cleaned.count > endings { record.flags.insert(.hadControls) }
            cleaned.withUnsafeBytes { cleaned in
                // The LF that ends a text ends its last line; it does not begin another one.
                let count = cleaned.lastIndex { $0 != UInt8(ascii: "\n") }.map { $0 + 1 } ?? 0
                let lines = UnsafeRawBufferPointer(rebasing: cleaned.prefix(count))
                if lines.contains(UInt8(ascii: "\n")) { record.flags.insert(.hasLines) }
                batch.append(record, text: lines, sender: sender, details: details)
            }
        }
        if draft.origin?.passed.contains(settings.name) == true {
            batch.drop(batch.count - 1, Drop(code: "dropped", reason: "it has been here before"))
        } else if let drop = unfit(batch.all[batch.count - 1], in: batch) {
            batch.drop(batch.count - 1, drop)
        }
    }

    /// Why a text can't be said at all: there is nothing in it, or too much for any buffer.
    private func unfit(_ record: MessageHeader, in batch: Batch) -> Drop? {
        guard record.kind == .message || record.kind == .edit else { return nil }
        if record.count > Draft.longestText {
            return Drop(code: "too-long", reason: "\(record.count) bytes")
        }
        return TextTrimming.isBlank(batch.text(record))
            ? Drop(code: "dropped", reason: "nothing was said") : nil
    }

    func sender(of draft: Draft, by intake: BridgeAttachment) -> Sender {
        if draft.isFromBus || draft.isNamedAsShown { return busSender(draft.name, intake) }
        let known = SenderKey(identity: draft.identity, name: draft.name)
        if let sender = intake.senders[known] { return sender }
        // Names come and go; the bound keeps a stream of new ones from growing the table for ever.
        if intake.senders.count >= 10_000 { intake.senders = [:] }
        let sender = Sender(
            named: draft.name, intake: intake, naming: settings.naming,
            identity: identity(of: draft, by: intake))
        intake.senders[known] = sender
        return sender
    }

    /// The bus itself, which no bridge's names can be: it has no parentheses.
    private func busSender(_ name: String, _ intake: BridgeAttachment) -> Sender {
        Sender(name: name, key: settings.naming.fold(name), bridge: intake.name, identity: 0)
    }

    /// The same person has the same identity, whatever the name and however long ago.
    private func identity(of draft: Draft, by intake: BridgeAttachment) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(intake.name)
        hasher.combine(
            SenderKey(identity: draft.identity, name: draft.identity == nil ? draft.name : ""))
        return UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
    }

    // MARK: - Reading

    func subscribe(
        _ intake: BridgeAttachment, room name: String, channel: String?, after number: UInt64? = nil,
        holding bytes: Int? = nil
    ) -> Subscription? {
        guard let room = room(name), !(isEnding && room.log.end == 0) else { return nil }
        let position =
            number.map { room.log.position(after: $0) }
            ?? intake.positions[name] ?? room.log.end
        let cursor = Cursor(
            room: room, bridge: intake.name, channel: channel, outgoing: intake.outgoing,
            position: position)
        cursor.isMuted = intake.direction == .in
        if let bytes { cursor.hold(upTo: bytes, after: startNumber(of: room, for: intake)) }
        room.add(cursor)
        intake.cursors.append(cursor)
        intake.handMail(to: cursor)
        return Subscription(bus: self, cursor: cursor)
    }

    func next(_ box: SendableCursor) async -> [Message]? {
        let cursor = box.cursor
        while !cursor.isCancelled, !Task.isCancelled {
            if cursor.readsStore, cursor.isBehind, let stored = await storedMessages(for: cursor) {
                if stored.isEmpty { continue }
                return stored
            }
            let messages = cursor.take(atMost: 256)
            if !messages.isEmpty { return messages }
            guard cursor.isUpToDate else { continue }
            if isEnding { break }
            // Looked at again: with a preferred executor the task may have given the bus up meanwhile.
            await withCheckedContinuation { continuation in
                if cursor.isUpToDate, !cursor.isCancelled, !isEnding {
                    cursor.wait(continuation)
                } else {
                    continuation.resume()
                }
            }
        }
        return nil
    }

    /// What a cursor has before it at present; nothing if somebody has to speak first.
    func available(_ box: SendableCursor) -> [Message] {
        let cursor = box.cursor
        while !cursor.isCancelled, !cursor.isUpToDate {
            let messages = cursor.take(atMost: 256)
            if !messages.isEmpty { return messages }
        }
        return []
    }

    func release(_ box: SendableCursor) {
        box.cursor.cancel()
        for intake in bridges { intake.cursors.removeAll { $0 === box.cursor } }
    }
}
