import JSON
import Locking
import TimeUnits

// Putting messages into the stream: one at a time, the next when the last is acknowledged.
extension Broker {
    /// The time within which the stream has to accept a message.
    ///
    /// If the stream has accepted a message without answering, it recognises by its name that the
    /// message is sent again.
    private static let answerTimeout: Duration = .seconds(2)

    /// Publishes waiting messages until the session is over, on a thread of its own.
    func publish(_ session: BrokerSession, created: String) {
        guard var inbox = try? BrokerInbox(session.connection) else { return session.finish() }
        let sent = state.withLock { $0.sent }
        var last = sent.created == created ? sent.sequence : 0
        while !session.isOver {
            guard let request = publishing.next(within: Self.nap) else { continue }
            let outcome: PublishQueue.Outcome
            do throws(BrokerError) {
                let (sequence, isKnown) = try store(request, &inbox)
                // The numbers of one stream rise, so this is another stream, which has to be
                // examined.
                if !isKnown, sequence <= last { session.requestCheck() }
                if !isKnown { last = sequence }
                outcome = .stored(sequence, created: created)
                session.recordPublished()
                recordPublished(sequence)
            } catch {
                if error.kind == .unreachable { session.requestCheck() }
                outcome = .failed(error)
            }
            request.waiter.resume(returning: outcome)
        }
    }

    /// Puts a message into the stream; returns its number there, and whether it was there already.
    private func store(
        _ request: PublishQueue.Request, _ inbox: inout BrokerInbox
    ) throws(BrokerError) -> (sequence: UInt64, isKnown: Bool) {
        let bytes = try inbox.request(
            request.content, to: request.subject, id: request.id, within: Self.answerTimeout)
        guard let answer = JSONReader.read(bytes) else {
            throw BrokerError(.rejected, "\(request.subject): the answer is not JSON")
        }
        if let reason = answer["error"]["description"].string {
            throw BrokerError(.rejected, "the stream does not take messages: \(reason)")
        }
        guard let stream = answer["stream"].string, let number = answer["seq"].integer else {
            throw BrokerError(.rejected, "\(request.subject): nobody keeps what is published")
        }
        guard stream == settings.name else {
            throw BrokerError(
                .rejected, "\(request.subject) belongs to the stream \(stream): see \"stream\"")
        }
        return (UInt64(clamping: number), answer["duplicate"].isTrue)
    }
}
