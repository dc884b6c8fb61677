import MessageBus

/// The outgoing half for one room: reads the room's messages from the stored cursor on, and
/// publishes them to the stream in batches.
///
/// While one batch is being stored, the next one is prepared.
///
/// Owned by the task that runs it.
struct StreamOutbox {
    private let fleet: Fleet
    private let broker: Broker
    private let publisher: RoomPublisher
    private let acknowledgements: Acknowledgements
    private var deliveries: Deliveries.Iterator
    private var writer: RecordWriter
    /// The message that did not fit in the last batch.
    private var heldBack: Delivery?

    init(
        _ fleet: Fleet, _ broker: Broker, _ publisher: RoomPublisher,
        _ acknowledgements: Acknowledgements
    ) {
        self.fleet = fleet
        self.broker = broker
        self.publisher = publisher
        self.acknowledgements = acknowledgements
        deliveries = fleet.port.deliveries(in: publisher.room).makeAsyncIterator()
        writer = RecordWriter(fleet.port, store: fleet.store)
    }

    /// Delivers until the bus has ended.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    mutating func run() async throws {
        var next = PreparedBatch()
        while true {
            if next.isEmpty, heldBack == nil {
                guard let first = try await deliveries.next(), try await waitForReusedNumbers()
                else {
                    return
                }
                try await add(first, to: &next)
            }
            try await fill(&next)
            let ready = try await withoutDeleted(next)
            next = PreparedBatch()
            let (publisher, acknowledgements) = (publisher, acknowledgements)
            async let isStored = Self.deliver(ready, by: publisher, acknowledgements)
            try await fill(&next)
            guard try await isStored else { return }
        }
    }

    /// Waits until the numbers that must not be used again are known; returns false if the daemon
    /// ends first.
    ///
    /// That takes a connection: without one nothing goes out in any case.
    private func waitForReusedNumbers() async throws -> Bool {
        let numbers = fleet.reusedNumbers
        if numbers.isKnown { return true }
        return try await fleet.untilStopping {
            await numbers.untilKnown()
            return true
        } ?? false
    }

    // MARK: - Putting a batch together

    /// Adds the messages that can be read without waiting, until the batch is full.
    private mutating func fill(_ next: inout PreparedBatch) async throws {
        if let delivery = heldBack.take() { try await appendOrHoldBack(delivery, to: &next) }
        while !next.isFull, heldBack == nil, try await hasMore(),
            let delivery = try await deliveries.next()
        {
            try await add(delivery, to: &next)
        }
    }

    private mutating func hasMore() async throws -> Bool {
        if deliveries.hasMore { return true }
        return try await deliveries.fetchAvailable()
    }

    /// Adds a message that was read, or holds it back if it does not fit.
    private mutating func add(_ delivery: Delivery, to next: inout PreparedBatch) async throws {
        let missed = delivery.message.missed
        if missed > 0 {
            fleet.log.warning(
                "\(missed) messages were gone before other instances could have them")
        }
        try await appendOrHoldBack(delivery, to: &next)
    }

    private mutating func appendOrHoldBack(_ delivery: Delivery, to next: inout PreparedBatch)
        async throws
    {
        let message = delivery.message
        guard !delivery.isGone, let record = try await writer.record(of: message) else {
            return next.pass(delivery)
        }
        let max = broker.maxPayload - OutgoingBatch.overhead
        if record.count > max {
            return try await refuse(
                delivery, &next,
                """
                it has \(record.count) bytes, and the server takes \(broker.maxPayload) \
                (max_payload)
                """)
        }
        if fleet.reusedNumbers.contains(message.number) {
            return try await refuse(
                delivery, &next,
                "its number was given before the store was restored from a backup")
        }
        guard next.hasCapacity(for: record.count, of: min(OutgoingBatch.bytes * 2, max)) else {
            heldBack = delivery
            return
        }
        next.append(record, of: delivery)
    }

    private func refuse(
        _ delivery: Delivery, _ next: inout PreparedBatch, _ sentence: String
    ) async throws {
        next.pass(delivery)
        try await delivery.recordFailure(sentence)
        fleet.log.error("message #\(delivery.message.number) is not shared: \(sentence)")
    }

    /// Returns a batch without the messages that were deleted since it was prepared.
    private mutating func withoutDeleted(_ batch: PreparedBatch) async throws -> PreparedBatch {
        guard batch.members.contains(where: \.isGone) else { return batch }
        var result = PreparedBatch()
        for delivery in batch.members where !delivery.isGone {
            guard let record = try await writer.record(of: delivery.message) else { continue }
            result.append(record, of: delivery)
        }
        if let last = batch.last { result.pass(last) }
        return result
    }

    // MARK: - Publishing

    /// Publishes a batch; returns false if the daemon ends first.
    private static func deliver(
        _ batch: PreparedBatch, by publisher: RoomPublisher, _ acknowledgements: Acknowledgements
    ) async throws -> Bool {
        if !batch.content.isEmpty {
            guard let progress = try await publisher.publish(batch.content) else { return false }
            try await acknowledgements.add(batch.members, progress)
        }
        if let last = batch.last, batch.content.last < last.message.number {
            acknowledgements.pass(last)
        }
        return true
    }
}

extension Delivery {
    /// True if the message was deleted and must not be published; a deletion itself is published.
    fileprivate var isGone: Bool { isDeleted && message.kind != .deletion }
}
