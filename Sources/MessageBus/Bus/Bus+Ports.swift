import Metrics
import Synchronization

extension Bus {
    /// Records where the rooms' logs end and numbers go on when a bridge starts, so that it misses
    /// nothing from then on.
    ///
    /// - Parameter whenReady: called on the loop when the bridge says that it works.
    package func begin(
        _ attachment: BridgeAttachment, whenReady: (@Sendable () -> Void)? = nil
    ) {
        attachment.readiness.store(false, ordering: .releasing)
        attachment.whenReady = whenReady
        attachment.condition.set(.starting, at: now)
        attachment.reachabilityProblem = nil
        attachment.runStart = unusedNumber
        if attachment.runs > 0 {
            attachment.statistics.restarts += 1
        } else {
            attachment.firstStart = unusedNumber
        }
        attachment.runs += 1
        for room in allRooms { attachment.positions[room.name] = room.log.end }
    }

    /// Removes the readers, people and open intakes that a run of a bridge has left behind.
    package func finish(_ attachment: BridgeAttachment) {
        for cursor in attachment.cursors { release(cursor, of: attachment) }
        attachment.cursors = []
        leaveAll(of: attachment)
        if attachment.ending == nil { attachment.pendingPrivateMessages = [] }
        attachment.privateMessages?.close()
        attachment.privateMessages = nil
        attachment.durableReaders = []
        attachment.readGauges = nil
        // Both hold the bridge, which holds the attachment.
        attachment.whenReady = nil
        attachment.reachabilityProblem = nil
        attachment.statistics.connections.open = 0
        while attachment.openIntakes > 0 { closeIntake(attachment) }
    }

    func ready(_ attachment: BridgeAttachment) {
        attachment.readiness.store(true, ordering: .releasing)
        attachment.whenReady?()
        recordReachability(of: attachment)
    }

    /// Records whether the other side of a bridge that works can be reached.
    func recordReachability(of attachment: BridgeAttachment) {
        guard attachment.isReady else { return }
        if let problem = attachment.reachabilityProblem?() {
            record(.degraded, of: attachment, because: problem)
        } else {
            record(.ready, of: attachment)
        }
    }

    /// Records how a run of a bridge has ended, or whether its other side can be reached.
    package func record(
        _ state: BridgeState, of attachment: BridgeAttachment, because reason: String = ""
    ) {
        attachment.condition.set(state, at: now, because: reason)
    }

    /// The time of the present turn, by the wall clock.
    package var now: Timestamp { settings.clock.wall() }

    /// Returns whether a bridge has said that it works since it was last started.
    package func isReady(_ attachment: BridgeAttachment) -> Bool { attachment.isReady }

    // MARK: - Publishing

    func publish(
        _ drafts: [Draft], checkpoints: [Checkpoint]?, by attachment: BridgeAttachment
    ) async throws -> [Receipt] {
        // All or nothing: a room that does not exist is found before anything is said.
        for case let name? in drafts.lazy.map(\.room) where room(name) == nil {
            throw PortError.noRoom(name)
        }
        let drafts = try await withSettledQuotations(drafts, by: attachment)
        try await waitForCapacity(isOwed: checkpoints != nil)
        guard !isEnding, !attachment.isDetached else { throw PortError.stopped }
        var receipts: [Receipt] = []
        receipts.reserveCapacity(drafts.count)
        var rest = drafts[...]
        while let first = rest.first {
            let name = first.room ?? attachment.room
            guard let room = room(name) else { throw PortError.noRoom(name) }
            let prefix = batchPrefix(of: rest, in: name, by: attachment)
            rest = rest.dropFirst(prefix.count)
            receipts += self.receipts(
                publish(prefix, in: room, by: attachment, isOwed: checkpoints != nil))
        }
        if let checkpoints {
            // In the same turn as the messages: the store keeps both in one transaction.
            let progress = BridgeProgress(
                bridge: attachment.name, checkpoints: checkpoints,
                links: links(drafts, receipts, by: attachment))
            try await store.enqueue(progress).wait()
        } else {
            link(drafts, receipts, by: attachment)
        }
        return receipts
    }

    /// Saves checkpoints, even after the bus has ended.
    func saveCheckpoints(_ checkpoints: [Checkpoint], by attachment: BridgeAttachment) async throws
    {
        let progress = BridgeProgress(bridge: attachment.name, checkpoints: checkpoints)
        try await store.enqueue(progress).wait()
    }

    /// Removes checkpoints.
    func removeCheckpoints(
        _ keys: [String], isErasing: Bool, by attachment: BridgeAttachment
    ) async throws {
        var progress = BridgeProgress(
            bridge: attachment.name,
            checkpoints: keys.map { Checkpoint(key: $0, state: []) })
        progress.isErasing = isErasing
        try await store.enqueue(progress).wait()
    }

    /// Tells the store to link messages to their names in the remote chat, without waiting.
    private func link(
        _ drafts: [Draft], _ receipts: [Receipt], by attachment: BridgeAttachment
    ) {
        let links = links(drafts, receipts, by: attachment)
        if links.isEmpty { return }
        var progress = BridgeProgress(bridge: attachment.name, checkpoints: [], links: links)
        progress.isAwaited = false
        _ = store.enqueue(progress)
    }

    /// Returns the links from messages to their names in the remote chat: to find them for answers
    /// and edits or, for dropped ones, so that nobody quotes them.
    private func links(
        _ drafts: [Draft], _ receipts: [Receipt], by attachment: BridgeAttachment
    ) -> [(channel: DurableReader.Channel, link: Link)] {
        // By index, here and below: an element that a closure is given is a copy, and drafts have
        // many parts.
        drafts.indices.compactMap { index in
            guard drafts[index].isLinked, let origin = drafts[index].origin,
                let remoteID = origin.remoteID
            else { return nil }
            let receipt = receipts[index]
            let channel = DurableReader.Channel(bridge: attachment.name, name: origin.channel)
            return (
                receipt.verdict == .pass ? channel : channel.dropped,
                Link(number: receipt.number, remoteID: remoteID)
            )
        }
    }

    /// The most drafts in one batch.
    private static var maxDraftsAtOnce: Int { 1_024 }
    /// About the most bytes of text in one batch, so that a room's log holds several batches.
    private static var maxBytesAtOnce: Int { 512 << 10 }

    /// Returns the drafts at the front that go into one batch: all of one room, and few enough
    /// bytes that the room's readers read them before its log lets them go.
    private func batchPrefix(
        of drafts: ArraySlice<Draft>, in room: String, by attachment: BridgeAttachment
    ) -> ArraySlice<Draft> {
        var bytes = 0
        let rest = drafts.indices.dropFirst().prefix(Self.maxDraftsAtOnce - 1).prefix { index in
            bytes += drafts[index].text.utf8.count
            return bytes < Self.maxBytesAtOnce && (drafts[index].room ?? attachment.room) == room
        }
        return drafts.prefix(1 + rest.count)
    }

    /// Publishes drafts of one room as one batch.
    ///
    /// - Parameter isOwed: true if the source waits until they are kept.
    private func publish(
        _ drafts: ArraySlice<Draft>, in room: Room, by attachment: BridgeAttachment, isOwed: Bool
    ) -> Batch {
        let batch = self.batch(
            room: room.name, capacity: drafts.count,
            bytes: drafts.indices.reduce(0) { $0 + drafts[$1].text.utf8.count })
        for index in drafts.indices {
            var text = drafts[index].text
            text.withUTF8 {
                append(drafts[index], UnsafeRawBufferPointer($0), to: batch, by: attachment)
            }
        }
        guard attachment.direction == .out else {
            publish(batch, in: room, by: attachment, isOwed: isOwed)
            return batch
        }
        // Notices of the bus about such a bridge are not messages that the bridge brings in.
        for (index, draft) in drafts.enumerated() where !draft.isFromBus {
            batch.drop(index, Drop(code: "forbidden", reason: "direction is \"out\""))
        }
        if drafts.contains(where: \.isFromBus) {
            publish(batch, in: room, by: attachment, isOwed: isOwed)
        } else {
            statistics.ownDrops.record(batch.drops)
            statistics.record(batch, of: attachment.statistics)
        }
        return batch
    }

    private func receipts(_ batch: Batch) -> [Receipt] {
        var receipts = batch.arena.all.map { Receipt(number: $0.number, verdict: .pass) }
        for (index, drop) in batch.drops {
            receipts[index] = Receipt(number: receipts[index].number, verdict: Verdict(drop))
        }
        return receipts
    }

    @safe func append(
        _ draft: Draft, _ text: UnsafeRawBufferPointer, to batch: Batch,
        by attachment: BridgeAttachment
    ) {
        var header = MessageHeader()
        header.kind = draft.kind
        if draft.isAutomatic { header.flags.insert(.automatic) }
        let details = MessageDetails(of: draft, at: settings.clock.wall())
        let sender = sender(of: draft, by: attachment)
        append(text, header, details, by: sender, to: batch)
        if draft.origin?.passed.contains(instanceID) == true {
            batch.drop(batch.count - 1, Self.hasBeenHere)
        } else if let drop = reasonToRefuse(batch.arena[batch.count - 1], in: batch) {
            batch.drop(batch.count - 1, drop)
        }
    }

    /// The reason to drop what comes back in a ring of instances.
    static var hasBeenHere: Drop { Drop(code: "dropped", reason: "it has been here before") }

    /// Appends a text, cleaned, to a batch.
    @safe func append(
        _ text: UnsafeRawBufferPointer, _ header: MessageHeader, _ details: MessageDetails?,
        by sender: Sender, to batch: Batch
    ) {
        var header = header
        if TextScan.isPrintableASCII(text) {
            batch.arena.append(header, copying: text, sender: sender, details: details)
        } else {
            let (cleaned, hadControls) = TextCleaning.cleanedLines(repairing: text)
            if hadControls { header.flags.insert(.hadControls) }
            unsafe cleaned.withUnsafeBytes { cleaned in
                // The LF that ends a text ends its last line; it does not begin another one.
                let count =
                    unsafe cleaned.lastIndex { $0 != UInt8(ascii: "\n") }.map { $0 + 1 } ?? 0
                let lines = unsafe UnsafeRawBufferPointer(rebasing: cleaned.prefix(count))
                if unsafe lines.contains(UInt8(ascii: "\n")) { header.flags.insert(.hasLines) }
                batch.arena.append(header, copying: lines, sender: sender, details: details)
            }
        }
    }

    /// Returns why a text can't be published at all: it is blank, or longer than any buffer.
    func reasonToRefuse(_ header: MessageHeader, in batch: Batch) -> Drop? {
        guard header.kind == .message || header.kind == .edit else { return nil }
        if header.count > Draft.maxTextBytes {
            return Drop(code: "too-long", reason: "\(header.count) bytes")
        }
        return unsafe TextTrimming.isBlank(batch.arena.text(header))
            ? Drop(code: "dropped", reason: "nothing was said") : nil
    }

    func sender(of draft: Draft, by attachment: BridgeAttachment) -> Sender {
        if draft.isFromBus || draft.isNamedAsShown { return busSender(draft.name, attachment) }
        let key = SenderKey(identity: draft.identity, name: draft.name)
        return attachment.senders.sender(for: key) {
            Sender(
                named: draft.name, attachment: attachment, namePolicy: settings.namePolicy,
                identity: identity(of: draft, by: attachment))
        }
    }

    /// Returns a sender for the bus itself, whose name no bridge's people can have: it has no
    /// parentheses.
    private func busSender(_ name: String, _ attachment: BridgeAttachment) -> Sender {
        Sender(
            name: name, key: settings.namePolicy.fold(name), bridge: attachment.name, identity: 0)
    }

    /// Returns an identity that is the same for the same person, whatever the present name.
    private func identity(of draft: Draft, by attachment: BridgeAttachment) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(attachment.name)
        hasher.combine(
            SenderKey(identity: draft.identity, name: draft.identity == nil ? draft.name : ""))
        return UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
    }

    // MARK: - Reading

    /// The most messages that a reader looks at in one step, so that others get their turn.
    private static var messagesPerRead: Int { 256 }

    func subscribe(
        _ attachment: BridgeAttachment, room name: String, channel: String?,
        after number: MessageNumber? = nil,
        holding bytes: Int? = nil
    ) -> Subscription? {
        guard let room = room(name), !(isEnding && room.log.end == 0) else { return nil }
        let inherited = attachment.inheritedPlaces.removeValue(
            forKey: .init(room: name, channel: channel))
        let position =
            number.map { room.log.position(after: $0) } ?? inherited?.position
            ?? attachment.positions[name] ?? room.log.end
        let cursor = Cursor(
            room: room, bridge: attachment.name, channel: channel, outgoing: attachment.outgoing,
            position: position, idle: attachment.idle)
        cursor.discardsAll = attachment.direction == .in
        cursor.statistics = attachment.statistics
        if let bytes {
            cursor.hold(
                upTo: bytes,
                after: inherited?.lastNumber ?? self.number(before: attachment.runStart))
        }
        room.attach(cursor)
        attachment.cursors.append(cursor)
        attachment.deliverPendingPrivateMessages(to: cursor)
        return Subscription(bus: self, cursor: cursor)
    }

    func next(_ box: SendableCursor) async -> [Message]? {
        let cursor = box.cursor
        while !cursor.isCancelled, !cursor.isAtEnd, !Task.isCancelled {
            if cursor.readsStore, cursor.isBehind, let stored = await storedMessages(for: cursor) {
                if stored.isEmpty { continue }
                return stored
            }
            let messages = cursor.readMessages(atMost: Self.messagesPerRead)
            if !messages.isEmpty { return messages }
            guard cursor.isUpToDate else { continue }
            if isEnding { break }
            // Tested again: with a preferred executor the task may have left the bus since the last
            // test.
            await withCheckedContinuation { continuation in
                if cursor.isUpToDate, !cursor.isCancelled, !cursor.isAtEnd, !isEnding {
                    cursor.wait(continuation)
                } else {
                    continuation.resume()
                }
            }
        }
        return nil
    }

    /// Returns when all readers of a bridge have read everything and wait for more, when the bus
    /// ends, or when the task is cancelled.
    func waitUntilIdle(_ attachment: BridgeAttachment) async {
        while !Task.isCancelled, !isEnding, !attachment.isEnding {
            let seen = attachment.idle.count
            if attachment.cursors.allSatisfy(\.isIdle) { return }
            await attachment.idle.wait(since: seen)
        }
    }

    /// Returns the messages that a cursor can read at once; none if it would have to wait.
    func available(_ box: SendableCursor) -> [Message] {
        let cursor = box.cursor
        while !cursor.isCancelled, !cursor.isUpToDate {
            let messages = cursor.readMessages(atMost: Self.messagesPerRead)
            if !messages.isEmpty { return messages }
        }
        return []
    }

    func release(_ box: SendableCursor) {
        for attachment in bridges where attachment.cursors.contains(where: { $0 === box.cursor }) {
            release(box.cursor, of: attachment)
            attachment.cursors.removeAll { $0 === box.cursor }
        }
        box.cursor.cancel()
    }

    private func release(_ cursor: Cursor, of attachment: BridgeAttachment) {
        attachment.recordPlace(of: cursor)
        if attachment.ending != nil {
            attachment.pendingPrivateMessages += cursor.removePrivateMessages()
        }
        cursor.cancel()
    }
}
