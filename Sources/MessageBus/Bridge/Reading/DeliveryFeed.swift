import Synchronization

/// The feed of deliveries: the store, or the room's log if nothing outlives the process.
enum DeliveryFeed: Sendable {
    case store(StoreBackedReader)
    case log(Subscription, DeliveryProgress)

    var progress: DeliveryProgress {
        switch self {
        case .store(let reading): reading.progress
        case .log(_, let progress): progress
        }
    }

    /// Returns the next messages, at least one; `nil` at the end.
    func next() async throws -> [Message]? {
        let messages =
            switch self {
            case .store(let reading): try await reading.bus.next(reading)
            case .log(let subscription, _): await subscription.next()
            }
        if let messages { progress.recordHandedOver(messages) }
        return messages
    }

    /// Returns the messages that can be read without waiting for new ones.
    func available() async throws -> [Message] {
        let messages =
            switch self {
            case .store(let reading): try await reading.bus.available(reading)
            case .log(let subscription, _): await subscription.available()
            }
        progress.recordHandedOver(messages)
        return messages
    }
}

extension Bus {
    /// Opens a durable reader at its stored cursor.
    ///
    /// The cursor of a new reader is stored at once: messages that it does not acknowledge come
    /// again.
    func open(
        _ reader: DurableReader, channel: String?, by attachment: BridgeAttachment
    ) async throws -> DeliveryFeed? {
        guard let room = room(reader.room) else { return nil }
        let number = try await storedCursor(of: reader, for: attachment)
        let progress = DeliveryProgress(reader, at: number, store: store)
        if keepsMessages {
            let reading = StoreBackedReader(
                self, room: room, attachment: attachment, channel: channel, at: number,
                progress: progress)
            await countStored(for: reading)
            attachment.durableReaders.append(reading)
            return .store(reading)
        }
        let subscription = subscribe(
            attachment, room: room.name, channel: channel, after: number)
        guard let subscription else { return nil }
        subscription.cursor.isDurable = true
        subscription.cursor.progress = progress
        return .log(subscription, progress)
    }

    /// Counts the texts that wait for a reader and that the room's log no longer has.
    private func countStored(for reading: StoreBackedReader) async {
        let log = reading.room.log
        guard let first = log.messages(from: log.start, atMost: 1).first?.number ?? lastCommitted,
            first > reading.position + 1
        else { return }
        // Only for the count of what waits: a store that can't be read now is asked again by the
        // reader itself.
        let count = try? await store.countTexts(
            in: reading.room.name, after: reading.position, through: first - 1)
        if let count { reading.recordStored(count, through: first - 1) }
    }

    private var lastCommitted: MessageNumber? {
        store.committed > 0 ? store.committed + 1 : nil
    }

    /// Stores where a reader begins, unless it has a place already.
    func storeBeginning(of reader: DurableReader, for attachment: BridgeAttachment) async throws {
        guard room(reader.room) != nil else { throw PortError.noRoom(reader.room) }
        _ = try await storedCursor(of: reader, for: attachment)
    }

    /// Returns the stored cursor of a reader, after storing one for a new reader: that reader is
    /// given everything said since its bridge first began, however often the bridge has failed
    /// meanwhile.
    func storedCursor(
        of reader: DurableReader, for attachment: BridgeAttachment
    ) async throws -> MessageNumber {
        let start = number(before: attachment.firstStart)
        if let stored = try await store.cursor(of: reader) { return stored }
        try await store.advance(reader, to: start, links: [])
        return start
    }

    /// Returns a number greater than those of all messages up to a start, and less than those of
    /// all after it.
    ///
    /// - Parameter start: the first number that was free then; `nil` if none had been given.
    func number(before start: MessageNumber?) -> MessageNumber {
        (start ?? firstNumber).map { $0 - 1 } ?? nextNumber()
    }

    /// Returns the store's next messages for a reader, at least one; `nil` at the end.
    func next(_ reading: StoreBackedReader) async throws -> [Message]? {
        while !Task.isCancelled {
            let seen = storeSignal.count
            if let owed = reading.attachment.lastOwed, reading.position >= owed { break }
            let found = try await available(reading)
            if !found.isEmpty { return found }
            let committed = store.committed
            let discardsAll = reading.attachment.direction == .in
            if reading.position < committed, !discardsAll { continue }
            // Messages that a failing store has not kept yet are for the next run.
            let isAllThere = committed >= lastEnqueued || !isStoreCurrent
            if isEnding || reading.attachment.isEnding, discardsAll || isAllThere { break }
            await waitForStore(since: seen, evenWhenEnding: true)
        }
        if isStoreCurrent,
            let number = reading.progress.scan([], through: reading.position, isLast: true)
        {
            try await store.advance(reading.progress.reader, to: number, links: [])
        }
        return nil
    }

    /// Returns the messages that the store has for a reader at present.
    func available(_ reading: StoreBackedReader) async throws -> [Message] {
        while reading.position < store.committed, reading.attachment.direction != .in {
            if Task.isCancelled { break }
            let committed = store.committed
            let found = try await store.messages(
                in: reading.room.name, after: reading.position, through: committed,
                atMost: Self.durableBatch)
            let last = found.isComplete ? nil : found.messages.last
            reading.recordScan(of: found.messages, through: last?.number ?? committed)
            let result = try await fit(found.messages, for: reading)
            if let number = reading.progress.scan(result, through: reading.position) {
                try await store.advance(reading.progress.reader, to: number, links: [])
            }
            if !result.isEmpty { return result }
        }
        return []
    }

    /// The most messages to read from the store at once.
    private static var durableBatch: Int { 256 }

    private func fit(
        _ messages: [Message], for reading: StoreBackedReader
    ) async throws -> [Message] {
        let (bridge, channel) = (reading.attachment.name, reading.channel)
        let foreign = messages.filter { $0.isFor(bridge, channel: channel) }
        let outgoing = reading.attachment.outgoing
        if outgoing.isEmpty { return foreign }
        var originals: [MessageNumber: Message] = [:]
        for case let number? in foreign.map(\.reply?.number) where originals[number] == nil {
            originals[number] = try await message(numbered: number)
        }
        return outgoing.judge(foreign) { originals[$0] }
    }
}

extension Message {
    /// Returns true if a reader is to be given the message: it is not deleted, and the reader did
    /// not bring it in itself.
    ///
    /// Every channel is told of deletions, because each may have had the message.
    func isFor(_ bridge: String, channel: String?) -> Bool {
        kind == .deletion || !header.isDeleted && !isFrom(bridge, channel: channel)
    }

    /// Returns whether a channel brought the message in itself; `nil` stands for all channels of a
    /// bridge.
    func isFrom(_ bridge: String, channel: String?) -> Bool {
        sender.bridge == bridge && (channel == nil || details?.channel == channel)
    }
}
