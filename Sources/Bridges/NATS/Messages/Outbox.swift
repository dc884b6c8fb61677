import MessageBus

/// The way out of one room: reads it from the stored place on, and puts it into the stream in
/// batches.
///
/// Owned by the task that runs it.
struct Outbox {
    private let fleet: Fleet
    private let broker: Broker
    private let publisher: RoomPublisher
    private let acknowledgements: Acknowledgements
    private var deliveries: Deliveries.Iterator
    private var writer: RecordWriter

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
        while let first = try await deliveries.next() {
            guard try await isConnectedOnce() else { return }
            var group = [first]
            var bytes = first.message.body.count
            while group.count < OutgoingBatch.messages, bytes < OutgoingBatch.bytes,
                try await hasMore(), let next = try await deliveries.next()
            {
                group.append(next)
                bytes += next.message.body.count
            }
            guard try await deliver(group) else { return }
        }
    }

    /// Returns true once it is known which numbers may be used; false if the daemon ends before.
    ///
    /// That takes a connection: without one nothing goes out in any case.
    private func isConnectedOnce() async throws -> Bool {
        let numbers = fleet.reusedNumbers
        if numbers.isKnown { return true }
        return try await fleet.untilStopping {
            await numbers.untilKnown()
            return true
        } ?? false
    }

    private mutating func hasMore() async throws -> Bool {
        if deliveries.hasMore { return true }
        return try await deliveries.look()
    }

    /// Publishes messages in as many batches as it takes; returns false if the daemon ends first.
    private mutating func deliver(_ group: [Delivery]) async throws -> Bool {
        let limit = min(OutgoingBatch.bytes * 2, broker.maxPayload - OutgoingBatch.overhead)
        var (batch, members): (OutgoingBatch, [Delivery]) = (OutgoingBatch(), [])
        for delivery in group {
            let message = delivery.message
            if message.missed > 0 {
                fleet.log.warning(
                    "\(message.missed) messages were gone before other instances could have them")
            }
            guard !delivery.isDeleted || message.kind == .deletion,
                let record = try await writer.record(of: message)
            else { continue }
            if record.count > broker.maxPayload - OutgoingBatch.overhead {
                try await refuse(
                    delivery,
                    """
                    it has \(record.count) bytes, and the server takes \(broker.maxPayload) \
                    (max_payload)
                    """)
                continue
            }
            if fleet.reusedNumbers.contains(message.number) {
                try await refuse(
                    delivery, "its number was given before the store was restored from a backup")
                continue
            }
            if batch.records.count + record.count > limit, !batch.isEmpty {
                guard try await publish(batch, members) else { return false }
                (batch, members) = (OutgoingBatch(), [])
            }
            batch.append(record, number: message.number)
            members.append(delivery)
        }
        if !batch.isEmpty {
            guard try await publish(batch, members) else { return false }
        }
        if let last = group.last, batch.last < last.message.number { acknowledgements.pass(last) }
        return true
    }

    private func publish(_ batch: OutgoingBatch, _ members: [Delivery]) async throws -> Bool {
        guard let progress = try await publisher.publish(batch) else { return false }
        try await acknowledgements.add(members, progress)
        return true
    }

    private func refuse(_ delivery: Delivery, _ sentence: String) async throws {
        try await delivery.recordFailure(sentence)
        fleet.log.error("message #\(delivery.message.number) is not shared: \(sentence)")
    }
}
