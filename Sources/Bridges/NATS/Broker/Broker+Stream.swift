import Foundation
import JSON
import Locking
import MessageBus
import TimeUnits

// The stream: made where it isn't there, and looked at.
extension Broker {
    /// The time within which the broker may tell how large the stream is.
    private static let patienceForSize: Duration = .milliseconds(500)

    /// Returns the stream, which is made if it isn't there.
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

    /// Makes the stream, unless another instance does meanwhile.
    private func makeStream(_ inbox: inout BrokerInbox) throws(BrokerError) -> JSON {
        if state.withLock({ !$0.position.created.isEmpty || !$0.sent.created.isEmpty }) {
            // Right behind a deletion: nats-server 2.9 breaks a stream that is made at that moment
            // by one while another still removes it. Each instance waits for another time.
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
                "STREAM.INFO.\(settings.name)", within: Self.patienceForSize)
        else { return }
        let present = StreamState(answer)
        state.withLock { if $0.stream.created == present.created { $0.stream = present } }
    }

    /// Returns the stream once it is certain whether it is shorter than it was.
    ///
    /// - Throws: `BrokerError`, also if it is shorter and most of its copies are not there.
    func believedStream(
        _ session: BrokerSession, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> StreamState {
        var doubt = LengthDoubt()
        let end = KernelClock.monotonic + LengthDoubt.patience * 2
        while true {
            let stream = try findOrCreateStream(&inbox)
            let known = state.withLock { state in
                [state.position, state.sent].filter { $0.created == stream.created }
                    .map(\.sequence).max() ?? 0
            }
            if doubt.isSettled(stream, known: known, at: KernelClock.monotonic) { return stream }
            let sentence = BrokerError(
                .rejected,
                "the stream \(stream.name) ends before message \(known), which it had: asking again"
            )
            let isOver = doubt.isHopeless || KernelClock.monotonic > end
            if isOver || session.isOver || hasEnded { throw sentence }
            record(sentence)
            recordFirstOutcome(nil)
            sleep(for: LengthDoubt.pause)
        }
    }

    /// Waits for a time, or until everything is to end; blocks.
    func sleep(for time: Duration) {
        let end = KernelClock.monotonic + time
        while !hasEnded {
            let left = end - KernelClock.monotonic
            if left <= .zero { return }
            wake.wait(atMost: min(left, Self.nap))
        }
    }

    /// Returns whether the stream has lost what was put into it last: it is younger or shorter, or
    /// has something else there.
    ///
    /// Only the end of a stream gets lost, so what was put into it last stands for all before.
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
            // The name is among headers in base64; whose message it is tells as much.
            return place.store != store
        } catch {
            // Deleted there by somebody, or not to be read by us: no sign of loss.
            guard error.kind == .rejected else { throw error }
            return false
        }
    }

    /// Finds out, once, which is the highest number of a message of ours in the stream.
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
                // There is none, or it may not be read.
                guard error.kind == .rejected else { throw error }
            }
        }
        state.withLock { $0.highestOwn = highest }
        onEvent(.counted)
    }

    /// Begins anew at the front if the stream is not the one that was read, or is shorter.
    func checkPosition(in stream: StreamState) {
        let position = state.withLock { $0.position }
        if position.sequence == 0 {
            state.withLock { $0.position.created = stream.created }
        } else if position.created != stream.created || position.sequence > stream.last {
            restart(in: stream)
        }
    }

    /// Begins anew at the front of a stream that has forgotten.
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
