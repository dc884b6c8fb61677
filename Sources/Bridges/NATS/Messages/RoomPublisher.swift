import Locking
import MessageBus

/// The publisher of one room: it puts batches into the stream one after the other, each until the
/// stream has it, and puts the ones that the stream has forgotten in again.
///
/// Safe from any thread; tasks take turns.
final class RoomPublisher: Sendable {
    private let fleet: Fleet
    private let broker: Broker
    /// The room here.
    let room: String
    private let subject: String
    private let there: String
    private let lock = AsyncLock()
    private let progress: Locked<OutboxProgress>
    private let generation: Locked<Int>

    /// The number of messages that are read at once to be put into the stream again.
    private static let page = 256

    /// Makes the publisher of a room.
    ///
    /// - Parameters:
    ///   - there: the room as the fleet calls it.
    ///   - start: the progress of an earlier run.
    ///   - isInterrupted: true if an earlier run has not finished putting forgotten messages in
    ///     again.
    init(
        _ fleet: Fleet, _ broker: Broker, room: String, there: String, _ start: OutboxProgress,
        isInterrupted: Bool
    ) {
        self.fleet = fleet
        self.broker = broker
        self.room = room
        self.there = there
        subject = FleetSubject.room(there, from: fleet.store)
        progress = Locked(start)
        // Messages that an earlier run has begun to put in again are put in again by this one.
        generation = Locked(isInterrupted ? -1 : broker.publishing.generation)
    }

    /// Puts a batch into the stream; returns the progress, or `nil` if the daemon ends first.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    func publish(_ batch: OutgoingBatch) async throws -> OutboxProgress? {
        try await lock.run {
            let before = progress.withLock { $0 }
            // Messages that an earlier run has put in without moving the cursor are counted
            // already.
            let known = UInt64(batch.count(through: before.last))
            let isKnown = known == batch.count
            let index = before.count - min(before.count, known)
            guard try await store(batch, index: isKnown ? nil : index) else { return nil }
            return progress.withLock { progress in
                progress.count = before.count + UInt64(batch.count) - known
                progress.last = max(progress.last, batch.last)
                return progress
            }
        }
    }

    /// Puts the messages that the stream has forgotten into it again, if there are any.
    func resend() async throws {
        try await lock.run { _ = try await resendIfForgotten() }
    }

    private func store(_ batch: OutgoingBatch, index: UInt64?) async throws -> Bool {
        let content = FleetBatch.encoded(
            fleet.instance, index: index, count: batch.count, batch.records)
        let id = batch.id(from: fleet.store, room: there)
        var backoff = Backoff(from: .milliseconds(250), to: .seconds(10))
        while true {
            let outcome = await broker.publishing.publish(
                content, to: subject, id: id, generation: generation.withLock { $0 })
            switch outcome {
            case .stored(let sequence, let created):
                broker.recordSent(
                    StreamPosition(created: created, sequence: sequence, mark: id))
                fleet.port.recordAttempt("delivered")
                return true
            case .forgotten: guard try await resendIfForgotten() else { return false }
            case .ended: return false
            case .failed(let error):
                fleet.port.recordAttempt(error.kind == .rejected ? "rejected" : "unreachable")
                broker.recordFailure(error)
                guard try await fleet.sleep(for: backoff.next()) else { return false }
            }
        }
    }

    // MARK: - Messages that the stream has forgotten

    private func resendIfForgotten() async throws -> Bool {
        let present = broker.publishing.generation
        if generation.withLock({ $0 == present }) { return true }
        generation.withLock { $0 = present }
        let last = progress.withLock { $0.last }
        guard last > 0 else { return true }
        let key = Self.resendKey(room)
        try await fleet.port.saveCheckpoints([Checkpoint(key: key, state: [1])])
        guard let count = try await resend(through: last) else { return false }
        if count == 0 { broker.forgetSent() }
        try await fleet.port.removeCheckpoints([key])
        fleet.log.warning(
            "the stream had forgotten messages: \(count) of \(room) were put into it again")
        return true
    }

    /// Returns the name of the checkpoint that exists while messages of a room are to be put in
    /// again.
    static func resendKey(_ room: String) -> String { "resend \(room)" }

    /// Puts messages up to a number in again; returns their count, or `nil` if the daemon ends
    /// first.
    private func resend(through last: MessageNumber) async throws -> Int? {
        var number = try await firstNumber(through: last)
        var writer = RecordWriter(fleet.port, store: fleet.store)
        var count = 0
        while number < last {
            guard
                let events = try await fleet.port.events(
                    in: room, after: number, atMost: Self.page)
            else { return count }
            var batch = OutgoingBatch()
            for message in events.messages where message.number <= last {
                guard !message.header.isDeleted, !fleet.port.isDeleted(message.number),
                    !fleet.reusedNumbers.contains(message.number),
                    let record = try await writer.record(of: message)
                else { continue }
                if batch.records.count + record.count > OutgoingBatch.bytes, !batch.isEmpty {
                    guard try await store(batch, index: nil) else { return nil }
                    count += batch.count
                    batch = OutgoingBatch()
                }
                batch.append(record, number: message.number)
            }
            if !batch.isEmpty {
                guard try await store(batch, index: nil) else { return nil }
                count += batch.count
            }
            number = max(events.through, number)
            if events.isComplete { break }
        }
        return count
    }

    /// Returns the number after which the messages come that are put into the stream again.
    private func firstNumber(through last: MessageNumber) async throws -> MessageNumber {
        let start = await fleet.port.now - .seconds(fleet.resend.components.seconds)
        // Numbers rise with time, so bisection finds the place.
        var (low, high) = (MessageNumber(rawValue: 0), last)
        while low + 1 < high {
            let middle = MessageNumber(rawValue: low.rawValue + (high.rawValue - low.rawValue) / 2)
            let next = try await fleet.port.events(in: room, after: middle, atMost: 1)
            if let message = next?.messages.first, message.received < start {
                low = max(middle, message.number)
            } else {
                high = middle
            }
        }
        return low
    }
}
