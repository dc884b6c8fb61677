import Synchronization

/// The source of deliveries: the store, or the room's log if nothing outlives the process.
enum DurableSource: Sendable {
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
        switch self {
        case .store(let reading): try await reading.bus.next(reading)
        case .log(let subscription, _): await subscription.next()
        }
    }

    /// Returns the messages that can be read without waiting for new ones.
    func available() async throws -> [Message] {
        switch self {
        case .store(let reading): try await reading.bus.available(reading)
        case .log(let subscription, _): await subscription.available()
        }
    }
}

extension Bus {
    /// Opens a durable reader at its stored cursor.
    ///
    /// The cursor of a new reader is stored at once: messages that it does not acknowledge come
    /// again.
    func open(
        _ reader: DurableReader, channel: String?, by attachment: BridgeAttachment
    ) async throws -> DurableSource? {
        guard let room = room(reader.room) else { return nil }
        let start = startNumber(of: room, for: attachment)
        let stored = try await store.cursor(of: reader)
        if stored == nil { try await store.advance(reader, to: start, links: []) }
        let number = stored ?? start
        let progress = DeliveryProgress(reader, at: number, store: store)
        if keepsMessages {
            return .store(
                StoreBackedReader(
                    self, room: room, attachment: attachment, channel: channel, at: number,
                    progress: progress))
        }
        return subscribe(attachment, room: room.name, channel: channel, after: number)
            .map { .log($0, progress) }
    }

    /// Returns a number greater than those of all messages before the bridge started, and less than
    /// those of all after it.
    func startNumber(of room: Room, for attachment: BridgeAttachment) -> MessageNumber {
        let position = attachment.positions[room.name] ?? room.log.end
        let next = room.log.messages(from: position, atMost: 1).first
        return next.map { $0.number - 1 } ?? nextNumber()
    }

    /// Returns the store's next messages for a reader, at least one; `nil` at the end.
    func next(_ reading: StoreBackedReader) async throws -> [Message]? {
        while !Task.isCancelled {
            let seen = storeSignal.count
            let found = try await available(reading)
            if !found.isEmpty { return found }
            let committed = store.committed
            let isMuted = reading.attachment.direction == .in
            if reading.position < committed, !isMuted { continue }
            // Messages that a failing store has not kept yet are for the next run.
            let isAllThere = committed >= lastEnqueued || !isStoreCurrent
            if isEnding, isMuted || isAllThere { break }
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
            reading.position = last?.number ?? committed
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
    /// True if a reader is to be given it: not what it brought in itself, and nothing that is
    /// deleted.
    ///
    /// Of deletions every channel is told, for each may have had the message.
    func isFor(_ bridge: String, channel: String?) -> Bool {
        kind == .deletion || !header.isDeleted && !isFrom(bridge, channel: channel)
    }

    /// Returns whether a channel brought the message in itself; `nil` stands for all channels of a
    /// bridge.
    func isFrom(_ bridge: String, channel: String?) -> Bool {
        sender.bridge == bridge && (channel == nil || details?.channel == channel)
    }
}
