import JSON
import Locking
import MessageBus
import Sockets

/// A consumer at work.
private struct Reading {
    let name: String
    /// The place of the known message, with which the consumer begins; 0 if there is none.
    let known: UInt64
    /// Messages that it has delivered.
    var delivered: UInt64 = 0
    /// The number of messages that were requested and have not come.
    var asked = 0
    /// Messages that the library has mistaken for an answer since the last message.
    var swallowed: UInt64 = 0
    /// The subject on which the broker reports the end of a request.
    var request = ""
    /// The time at which something last came, or the broker was last checked.
    var heard: MonotonicTime
    /// The suspicion that it has stopped.
    var stall = ConsumerStall()

    /// Counts a message; returns false if others before it were lost on the way.
    ///
    /// - Parameter sequence: the place of the message that was read before.
    mutating func count(_ metadata: DeliveryMetadata, behind sequence: UInt64) -> Bool {
        guard metadata.count > delivered else { return false }
        // The messages that the library has kept are missing here; they are not meant for us.
        let missing = metadata.count - delivered - 1
        guard missing == 0 || missing <= swallowed && metadata.sequence > sequence + missing else {
            return false
        }
        (delivered, swallowed) = (metadata.count, 0)
        return true
    }
}

// Reading the stream: a consumer that is asked for messages, none of which is acknowledged.
extension Broker {
    /// The number of messages of the stream that are requested at once: 8 MiB at most.
    private static let batch = 32
    /// The number of bytes that weigh as much as one message, among those that wait for the bus: 16
    /// MiB at most.
    private static let share = 4_096
    /// The time within which the broker must answer a request for messages in any case.
    private static let timeout: Duration = .milliseconds(4_500)
    /// The time without a message after which the stream and the consumer are checked.
    private static let silence: Duration = .seconds(5)
    /// The time between two checks of the server's complaints.
    private static let look: Duration = .seconds(1)
    /// The number of consumers that may fail before another server is tried.
    private static let tries = 3
    /// The time after which the broker forgets a consumer that nobody asks.
    private static let inactivity: Duration = .seconds(60)

    /// Reads until the session is over.
    ///
    /// - Throws: `BrokerError` if the broker does not answer, or the stream is another one.
    func read(_ session: BrokerSession, _ first: StreamState) throws(BrokerError) {
        var inbox = try BrokerInbox(session.connection)
        var deliveries = try BrokerInbox(session.connection)
        var stream = first
        var pace = ConsumerPace()
        var (looked, sized) = (clock.monotonic(), clock.monotonic())
        var reading = try makeConsumer(session, stream, &inbox, &pace)
        while !session.isOver, !hasEnded {
            // While there is no capacity, nothing is requested; everything else is checked as
            // usual.
            let isFull = isClosed || !incoming.hasCapacity
            if isFull {
                reading.stall.forget()
                wake.wait(atMost: Self.nap)
            } else if reading.asked == 0 {
                reading.request = try deliveries.pull(
                    Self.batch, from: reading.name, of: stream.name, within: Self.timeout)
                reading.asked = Self.batch
            }
            if !isFull, let message = try next(from: deliveries, session, &reading) {
                if try !read(message, &reading, stream, deliveries) {
                    // The stream has changed.
                    stream = try presentStream(stream, &inbox)
                    reading = try makeConsumer(session, stream, &inbox, &pace)
                }
            }
            if clock.monotonic() - looked > Self.look {
                looked = clock.monotonic()
                recordComplaints(of: session)
                logForeignMessages()
            }
            if clock.monotonic() - sized > Self.silence {
                sized = clock.monotonic()
                refreshStreamState(&inbox)
            }
            let isDue =
                clock.monotonic() - reading.heard > Self.silence
                || reading.stall.isCheckDue(
                    delivered: reading.delivered, at: clock.monotonic())
            if session.takeCheckRequest() || isDue {
                let isGood =
                    try isFull
                    ? checkStream(&reading.heard, &stream, &inbox)
                    : check(&reading, &stream, &inbox)
                if !isGood { reading = try makeConsumer(session, stream, &inbox, &pace) }
            }
        }
        try throwIfGone(session)
    }

    /// Checks the stream, without reading it, until the session is over.
    ///
    /// - Throws: `BrokerError` if the broker does not answer, or the stream is another one.
    func watch(_ session: BrokerSession, _ first: StreamState) throws(BrokerError) {
        var inbox = try BrokerInbox(session.connection)
        var (stream, looked, heard) = (first, clock.monotonic(), clock.monotonic())
        recordAnswer(of: stream)
        while !session.isOver, !hasEnded {
            wake.wait(atMost: Self.nap)
            if clock.monotonic() - looked > Self.look {
                looked = clock.monotonic()
                recordComplaints(of: session)
            }
            if session.takeCheckRequest() || clock.monotonic() - heard > Self.silence {
                _ = try checkStream(&heard, &stream, &inbox)
                recordAnswer(of: stream)
            }
        }
        try throwIfGone(session)
    }

    /// Records an answer of a stream that is not read: its state counts as one if most of its
    /// copies are there.
    private func recordAnswer(of stream: StreamState) {
        if stream.hasMajority { recordAnswer() }
    }

    private func throwIfGone(_ session: BrokerSession) throws(BrokerError) {
        if hasEnded || session.connection.isOpen { return }
        throw BrokerError(.unreachable, "\(session.connection.address): the connection is gone")
    }

    /// Returns the next message; `nil` if none comes within a moment.
    private func next(
        from deliveries: BrokerInbox, _ session: BrokerSession, _ reading: inout Reading
    ) throws(BrokerError) -> BrokerMessage? {
        do throws(BrokerError) {
            return try deliveries.next(within: Self.nap)
        } catch {
            guard error.code == BrokerError.noResponders else { throw error }
            // Somebody has put such a message into the stream, or the consumer is gone.
            reading.swallowed += 1
            reading.asked = max(0, reading.asked - 1)
            if clock.monotonic() - reading.heard > Self.look { session.requestCheck() }
            return nil
        }
    }

    /// Makes a consumer; after a temporary failure it tries again, while messages go out.
    private func makeConsumer(
        _ session: BrokerSession, _ stream: StreamState, _ inbox: inout BrokerInbox,
        _ pace: inout ConsumerPace
    ) throws(BrokerError) -> Reading {
        var tries = 0
        var failure: BrokerError?
        while true {
            sleep(for: pace.pause(at: clock.monotonic(), after: failure))
            do throws(BrokerError) {
                return try createConsumer(stream, &inbox)
            } catch {
                tries += 1
                failure = error
                let isHopeless =
                    tries >= Self.tries && !session.hasPublished(within: Self.silence * 2)
                if isHopeless || session.isOver || hasEnded || error.code == BrokerError.noStream {
                    throw error
                }
                recordSilence(error)
            }
        }
    }

    /// Makes a consumer that begins with the last known message, which shows whether the stream is
    /// still the same.
    private func createConsumer(
        _ stream: StreamState, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> Reading {
        let position = state.withLock { $0.position }
        var configuration: [String: JSON] = [
            "deliver_policy": .text("all"), "ack_policy": .text("none"),
            "replay_policy": .text("instant"), "max_deliver": .integer(-1),
            "inactive_threshold": .integer(Self.inactivity.inNanoseconds),
            "num_replicas": .integer(1),
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
        return Reading(name: name, known: position.sequence, heard: clock.monotonic())
    }

    /// Reads a message; returns false if the consumer is to be made anew.
    private func read(
        _ message: borrowing BrokerMessage, _ reading: inout Reading, _ stream: StreamState,
        _ deliveries: BrokerInbox
    ) throws(BrokerError) -> Bool {
        // A message of the stream may have such a header, too, put there by anybody who may
        // publish.
        if deliveries.isOwn(message.subject), let status = message.status {
            // This is the end of a request, unless it belongs to an earlier one.
            guard message.subject == reading.request else { return true }
            reading.asked = 0
            if status == "404" || status == "408" { recordAnswer() }
            return status != "409"
        }
        // Messages that an earlier consumer was asked for may still come; they have a count of
        // their own.
        guard let metadata = DeliveryMetadata(message.reply), metadata.consumer == reading.name
        else {
            return true
        }
        reading.heard = clock.monotonic()
        recordAnswer()
        reading.asked = max(0, reading.asked - 1)
        // Nothing is acknowledged: a message that was lost on the way shows as a gap.
        var position = state.withLock { $0.position }
        let isFirst = reading.delivered == 0
        guard reading.count(metadata, behind: isFirst ? 0 : position.sequence) else { return false }
        if isFirst, reading.known >= max(1, stream.first) {
            if metadata.sequence == reading.known, metadata.time == position.mark { return true }
            // Another message is there, or one that the library has kept.
            if metadata.sequence == reading.known || metadata.count > 1 {
                restart(in: stream)
                return false
            }
        }
        position.sequence = metadata.sequence
        position.mark = metadata.time
        position.created = stream.created
        // A message under a subject that is no room's and no instance's is not meant for us.
        let subject = FleetSubject.parse(message.subject)
        let isOwn = subject?.store == store
        let batch = unsafe subject == nil || isOwn ? nil : FleetBatch(message.content)
        if !isOwn, batch == nil { recordForeignMessage(metadata.sequence) }
        state.withLock { state in
            state.position = position
            state.pending = metadata.pending
            state.stream.last = max(state.stream.last, metadata.sequence + metadata.pending)
        }
        unsafe incoming.append(
            ReceivedBatch(
                position: position, room: subject?.room ?? "", store: subject?.store ?? "",
                batch: batch, pending: metadata.pending),
            weight: max((batch?.records.count ?? 0) + 1, message.content.count / Self.share))
        return true
    }

    /// Checks the stream; returns false if its next messages have been removed.
    ///
    /// - Throws: `BrokerError` if the stream is gone, was replaced, or is shorter than it was.
    private func checkStream(
        _ heard: inout MonotonicTime, _ stream: inout StreamState, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> Bool {
        heard = clock.monotonic()
        let present = try presentStream(stream, &inbox)
        state.withLock { $0.stream = present }
        let position = state.withLock { $0.position }
        if position.created == present.created, present.last < position.sequence {
            // A new session finds out whether this is true.
            throw BrokerError(.rejected, "the stream \(present.name) is shorter than it was")
        }
        let isCut =
            present.first != stream.first && present.first > position.sequence + 1
            && position.sequence > 0
        stream = present
        return !isCut
    }

    /// Checks the stream and the consumer; returns false if the consumer is gone or has stopped.
    private func check(
        _ reading: inout Reading, _ stream: inout StreamState, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> Bool {
        guard try checkStream(&reading.heard, &stream, &inbox) else { return false }
        let position = state.withLock { $0.position }
        // An empty batch: it is news to a task that waits for the end of the stream.
        if incoming.hasCapacity {
            incoming.append(
                ReceivedBatch(position: position, room: "", store: "", batch: nil, pending: 0),
                weight: 1)
        }
        do throws(BrokerError) {
            let answer = try inbox.call("CONSUMER.INFO.\(stream.name).\(reading.name)")
            if answer["num_waiting"].integer ?? 0 == 0 { reading.asked = 0 }
            return !reading.stall.record(
                hasPending: answer["num_pending"].integer ?? 0 > 0, delivered: reading.delivered,
                at: clock.monotonic())
        } catch {
            guard error.kind == .rejected else { throw error }
            return false
        }
    }
}
