import JSON
import Locking
import MessageBus
import Sockets

/// A consumer at work.
private struct Reading {
    let name: String
    /// The place of the message that is known, which comes first; 0 if none does.
    let known: UInt64
    /// Messages that it has delivered.
    var delivered: UInt64 = 0
    /// Messages that were asked for and have not come.
    var asked = 0
    /// The subject under which the end of what was asked for is told.
    var request = ""
    /// Milliseconds at which something came last, or was looked after.
    var heard = ThreadTime.now
}

// Reading the stream: a consumer that is asked for messages, none of which is acknowledged.
extension Broker {
    /// Messages of the stream that are asked for at once: 8 MiB at most.
    private static let batch = 32
    /// Milliseconds after which the broker is to answer a request for messages in any case.
    private static let patience: Int64 = 4_500
    /// Milliseconds without a message after which stream and consumer are asked for.
    private static let silence: Int64 = 5_000
    /// Nanoseconds after which the broker forgets a consumer that nobody asks.
    private static let inactivity: Int64 = 60_000_000_000

    /// Reads until the session is over.
    ///
    /// - Throws: `BrokerError` if the broker does not answer, or the stream is another one.
    func read(_ session: BrokerSession, _ first: StreamState) throws(BrokerError) {
        var inbox = try BrokerInbox(session.connection)
        var source = try BrokerInbox(session.connection)
        var stream = first
        var reading = try makeConsumer(stream, &inbox)
        while !session.isOver, !hasEnded {
            if isClosed || !incoming.hasCapacity {
                wake.wait(milliseconds: Self.nap)
                if !isClosed { continue }
            }
            if reading.asked == 0, !isClosed {
                reading.request = try source.pull(
                    Self.batch, from: reading.name, of: stream.name, within: Self.patience)
                reading.asked = Self.batch
            }
            if let message = try source.next(milliseconds: Self.nap) {
                if try read(message, &reading, stream) { continue }
                // The stream is not what it was.
                stream = try settledStream(&inbox)
                reading = try makeConsumer(stream, &inbox)
            }
            if session.removeDoubt() || ThreadTime.now - reading.heard > Self.silence {
                try check(&reading, &stream, &inbox)
            }
        }
        if !hasEnded, !session.connection.isOpen {
            throw BrokerError(.unreachable, "\(session.connection.address): the connection is gone")
        }
    }

    /// Makes a consumer that begins with the last message that is known, so that it shows whether
    /// the stream is still the same there.
    private func makeConsumer(
        _ stream: StreamState, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> Reading {
        let position = state.withLock { $0.position }
        var configuration: [String: JSON] = [
            "deliver_policy": .text("all"), "ack_policy": .text("none"),
            "replay_policy": .text("instant"), "max_deliver": .integer(-1),
            "inactive_threshold": .integer(Self.inactivity), "num_replicas": .integer(1),
            "mem_storage": .bool(true), "filter_subject": .text(FleetSubject.all),
        ]
        if position.sequence > 0 {
            configuration["deliver_policy"] = .text("by_start_sequence")
            configuration["opt_start_seq"] = .integer(Int64(clamping: position.sequence))
        }
        let answer = try inbox.call(
            "CONSUMER.CREATE.\(stream.name)",
            .object([
                "stream_name": .text(stream.name), "config": .object(configuration),
            ]))
        guard let name = answer["name"].string else {
            throw BrokerError(.rejected, "the broker makes no consumer")
        }
        return Reading(name: name, known: position.sequence)
    }

    /// Reads a message; returns false if the consumer is to be made anew.
    private func read(
        _ message: borrowing BrokerMessage, _ reading: inout Reading, _ stream: StreamState
    ) throws(BrokerError) -> Bool {
        if let status = message.status {
            // The end of what was asked for, unless it is that of an earlier request.
            if message.subject == reading.request { reading.asked = 0 }
            return status != "409"
        }
        guard let place = DeliveryPlace(message.reply),
            let subject = FleetSubject.parse(message.subject)
        else { return true }
        reading.heard = ThreadTime.now
        reading.asked = max(0, reading.asked - 1)
        // Nothing is acknowledged: what got lost on the way shows by a gap.
        if place.count != reading.delivered + 1 { return false }
        reading.delivered += 1
        var position = state.withLock { $0.position }
        if place.count == 1, reading.known > 0 {
            if place.sequence == reading.known {
                if place.time == position.mark { return true }
                restart(in: stream)
                return false
            }
            // What stood there is gone, for its age or the stream's size.
            if place.sequence > reading.known + 1 { position.hasGap = true }
        }
        position.sequence = place.sequence
        position.mark = place.time
        position.created = stream.created
        let batch = subject.store == store ? nil : FleetBatch(message.content)
        if subject.store != store, batch == nil {
            log.warning("message \(place.sequence) of the stream is none of an instance's")
        }
        state.withLock { state in
            state.position = position
            state.pending = place.pending
            state.stream.last = max(state.stream.last, place.sequence + place.pending)
        }
        incoming.put(
            ReceivedBatch(
                position: position, room: subject.room, store: subject.store, batch: batch,
                pending: place.pending), weight: (batch?.records.count ?? 0) + 1)
        return true
    }

    /// Asks for stream and consumer, and makes the consumer anew if it is not there or stands still.
    private func check(
        _ reading: inout Reading, _ stream: inout StreamState, _ inbox: inout BrokerInbox
    ) throws(BrokerError) {
        reading.heard = ThreadTime.now
        let present = try settledStream(&inbox)
        state.withLock { $0.stream = present }
        let position = state.withLock { $0.position }
        if present.created != stream.created || present.last < position.sequence {
            // A new session finds out what was lost.
            throw BrokerError(.rejected, "the stream \(present.name) was made anew, or is shorter")
        }
        stream = present
        if present.first > position.sequence + 1, position.sequence > 0 {
            reading = try makeConsumer(stream, &inbox)
            return
        }
        do throws(BrokerError) {
            let answer = try inbox.call("CONSUMER.INFO.\(stream.name).\(reading.name)")
            let isStill = answer["num_pending"].integer ?? 0 > 0
            if answer["num_waiting"].integer ?? 0 == 0 { reading.asked = 0 }
            if !isStill { return }
        } catch {
            guard error.kind == .rejected else { throw error }
        }
        reading = try makeConsumer(stream, &inbox)
    }
}
