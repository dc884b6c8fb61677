import Foundation
import JSON
import Locking
import MessageBus
import TimeUnits

// The stream: it is made where there is none, and checked.
extension Broker {
    /// The time within which the broker may say how large the stream is.
    private static let sizeTimeout: Duration = .milliseconds(500)

    /// Returns the stream, and makes it if there is none.
    ///
    /// - Throws: `BrokerError` if there is none that can be used.
    func findOrCreateStream(_ inbox: inout BrokerInbox) throws(BrokerError) -> StreamState {
        var answer: JSON
        do throws(BrokerError) {
            answer = try inbox.call("STREAM.INFO.\(settings.name)")
        } catch {
            guard error.code == BrokerError.noStream else { throw error }
            answer = try makeStream(&inbox)
        }
        if let reason = StreamState.reasonToRefuse(answer) { throw BrokerError(.rejected, reason) }
        return StreamState(answer)
    }

    /// Makes the stream, unless another instance has done so in the meantime.
    private func makeStream(_ inbox: inout BrokerInbox) throws(BrokerError) -> JSON {
        if state.withLock({ !$0.position.created.isEmpty || !$0.sent.created.isEmpty }) {
            // If an instance makes a stream right after a deletion, nats-server 2.9 breaks the
            // stream while another one still removes it. So each instance waits for a different
            // time.
            let part = store.utf8.reduce(UInt64(7)) { ($0 &* 31 &+ UInt64($1)) % 2_000 }
            sleep(for: .milliseconds(1_000 + Int64(part)))
            do throws(BrokerError) {
                return try inbox.call("STREAM.INFO.\(settings.name)")
            } catch {
                guard error.code == BrokerError.noStream else { throw error }
            }
        }
        let answer = try inbox.call("STREAM.CREATE.\(settings.name)", settings.configuration)
        log.info("made the stream \(settings.name)")
        return answer
    }

    /// Returns the stream as it is there, which must be the one of the session.
    ///
    /// - Throws: `BrokerError` if it was created again: another session finds out what was lost.
    func presentStream(
        _ stream: StreamState, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> StreamState {
        let present = try findOrCreateStream(&inbox)
        guard present.created == stream.created else {
            throw BrokerError(.rejected, "the stream \(present.name) was made anew")
        }
        return present
    }

    /// Asks for the stream's size and records it, for whoever looks at the state; an answer that
    /// does not come means nothing here.
    func refreshStreamState(_ inbox: inout BrokerInbox) {
        guard
            let answer = try? inbox.call(
                "STREAM.INFO.\(settings.name)", within: Self.sizeTimeout)
        else { return }
        let present = StreamState(answer)
        state.withLock { if $0.stream.created == present.created { $0.stream = present } }
    }

    /// Returns the stream once it is certain whether it has become shorter.
    ///
    /// - Throws: `BrokerError`, also if the stream has become shorter and most of its copies are
    ///   not there.
    func confirmedStream(
        _ session: BrokerSession, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> StreamState {
        var doubt = TruncationCheck()
        let end = clock.monotonic() + TruncationCheck.timeout * 2
        while true {
            let stream = try findOrCreateStream(&inbox)
            let known = state.withLock { state in
                [state.position, state.sent].filter { $0.created == stream.created }
                    .map(\.sequence).max() ?? 0
            }
            if doubt.isSettled(stream, known: known, at: clock.monotonic()) { return stream }
            let sentence = BrokerError(
                .rejected,
                "the stream \(stream.name) ends before message \(known), which it had: asking again"
            )
            let isOver = doubt.isHopeless || clock.monotonic() > end
            if isOver || session.isOver || hasEnded { throw sentence }
            record(sentence)
            recordFirstOutcome(nil)
            sleep(for: TruncationCheck.pause)
        }
    }

    /// Waits for a time, or until everything is to end; blocks.
    func sleep(for time: Duration) {
        let end = clock.monotonic() + time
        while !hasEnded {
            let left = end - clock.monotonic()
            if left <= .zero { return }
            wake.wait(atMost: min(left, Self.nap))
        }
    }

    /// Returns whether the stream has lost the message that was put into it last: the stream is
    /// younger or shorter, or has another message there.
    ///
    /// Only the end of a stream gets lost, so the last message stands for all before it.
    func hasForgotten(
        _ stream: StreamState, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> Bool {
        let sent = state.withLock { $0.sent }
        if sent.sequence == 0 { return false }
        if sent.created != stream.created || sent.sequence > stream.last { return true }
        if sent.sequence < stream.first { return false }
        do throws(BrokerError) {
            let answer = try inbox.call(
                "STREAM.MSG.GET.\(settings.name)",
                .object(["seq": .integer(Int64(clamping: sent.sequence))]))
            guard let subject = answer["message"]["subject"].string,
                let place = FleetSubject.parse(subject)
            else { return true }
            // The name is among headers in base64; the owner of the message shows as much.
            return place.store != store
        } catch {
            // Somebody has deleted the message there, or we may not read it: no sign of loss.
            guard error.kind == .rejected else { throw error }
            return false
        }
    }

    /// Finds out, once, the highest number of a message of ours in the stream.
    ///
    /// - Throws: `BrokerError` if the broker does not answer.
    func countOwn(in stream: StreamState, _ inbox: inout BrokerInbox) throws(BrokerError) {
        if highestOwn != nil { return }
        var highest: MessageNumber = 0
        for room in rooms where stream.messages > 0 {
            do throws(BrokerError) {
                let answer = try inbox.call(
                    "STREAM.MSG.GET.\(settings.name)",
                    .object(["last_by_subj": .text(FleetSubject.room(room, from: store))]))
                let content = answer["message"]["data"].string.flatMap { Data(base64Encoded: $0) }
                let batch = unsafe content?.withUnsafeBytes { FleetBatch($0) }
                let numbers = batch?.records.map { MessageNumber(rawValue: $0.number) } ?? []
                highest = max(highest, numbers.max() ?? 0)
            } catch {
                // There is no such message, or it may not be read.
                guard error.kind == .rejected else { throw error }
            }
        }
        state.withLock { $0.highestOwn = highest }
        onEvent(.counted)
    }

    /// Begins again at the front if the stream is not the one that was read, or has become shorter.
    func checkPosition(in stream: StreamState) {
        let position = state.withLock { $0.position }
        if position.sequence == 0 {
            state.withLock { $0.position.created = stream.created }
        } else if position.created != stream.created || position.sequence > stream.last {
            restart(in: stream)
        }
    }

    /// Begins again at the front of a stream that has forgotten messages.
    func restart(in stream: StreamState) {
        log.warning(
            """
            the stream \(stream.name) has forgotten messages: it is read from its first one, and \
            what is known already is passed over
            """)
        state.withLock {
            $0.position = StreamPosition(
                created: stream.created, sequence: 0, mark: "")
        }
    }
}
