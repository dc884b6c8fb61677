import Synchronization

/// Where deliveries come from: the store, or the room's log if nothing outlives the process.
enum DurableSource: Sendable {
    case store(StoreBackedReader)
    case log(Subscription, DeliveryProgress)

    var progress: DeliveryProgress {
        switch self {
        case .store(let reading): reading.progress
        case .log(_, let progress): progress
        }
    }

    /// What there is next, at least one message; `nil` at the end.
    func next() async throws -> [Message]? {
        switch self {
        case .store(let reading): try await reading.bus.next(reading)
        case .log(let subscription, _): await subscription.next()
        }
    }

    /// What there is without waiting for anybody to speak.
    func available() async throws -> [Message] {
        switch self {
        case .store(let reading): try await reading.bus.available(reading)
        case .log(let subscription, _): await subscription.available()
        }
    }
}

extension Bus {
    /// Lets a durable reader read on where it stands.
    ///
    /// A new one's place is kept at once: what it does not acknowledge comes again.
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

    /// A number behind all that was said before the bridge started, and before all after it.
    func startNumber(of room: Room, for attachment: BridgeAttachment) -> UInt64 {
        let position = attachment.positions[room.name] ?? room.log.end
        let next = room.log.messages(from: position, atMost: 1).first
        return next.map { $0.number - 1 } ?? nextNumber()
    }

    /// What the store has for a reader, at least one message; `nil` at the end.
    func next(_ reading: StoreBackedReader) async throws -> [Message]? {
        while !Task.isCancelled {
            let seen = storeMoves
            let found = try await available(reading)
            if !found.isEmpty { return found }
            let committed = store.committed
            let isMuted = reading.attachment.direction == .in
            if reading.position < committed, !isMuted { continue }
            // What a store that fails has not got yet is for the next run.
            let isAllThere = committed >= lastTaken || !canCarryOn
            if isEnding, isMuted || isAllThere { break }
            await waitForStore(since: seen, evenAtTheEnd: true)
        }
        if canCarryOn,
            let number = reading.progress.scan([], through: reading.position, isLast: true)
        {
            try await store.advance(reading.progress.reader, to: number, links: [])
        }
        return nil
    }

    /// What the store has for a reader at present.
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

    /// Messages read from the store at once.
    private static var durableBatch: Int { 256 }

    private func fit(
        _ messages: [Message], for reading: StoreBackedReader
    ) async throws -> [Message] {
        let (bridge, channel) = (reading.attachment.name, reading.channel)
        let foreign = messages.filter { $0.isFor(bridge, channel: channel) }
        let outgoing = reading.attachment.outgoing
        if outgoing.isEmpty { return foreign }
        var originals: [UInt64: Message] = [:]
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

    /// Whether a channel brought it in itself; `nil` stands for all channels of a bridge.
    func isFrom(_ bridge: String, channel: String?) -> Bool {
        sender.bridge == bridge && (channel == nil || details?.channel == channel)
    }
}
