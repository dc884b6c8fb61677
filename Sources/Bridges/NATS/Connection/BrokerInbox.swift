import JSON
import TimeUnits

/// The requests of one thread to the broker, and the subscription to the answers.
///
/// Confined to that thread. The library's own requests are not used, because a second thread would
/// take part in each.
struct BrokerInbox {
    let connection: BrokerConnection
    private let base: String
    private let subscription: BrokerSubscription
    private var asked: UInt64 = 0

    /// The time within which the broker has to answer.
    static let deadline: Duration = .seconds(5)

    /// Subscribes to answers.
    ///
    /// - Throws: `BrokerError`.
    init(_ connection: BrokerConnection) throws(BrokerError) {
        self.connection = connection
        var random = SystemRandomNumberGenerator()
        base = "_INBOX.puente\(String(UInt64.random(in: .min ... .max, using: &random), radix: 36))"
        subscription = try connection.subscribe(to: "\(base).*")
    }

    /// Publishes a request and returns the answer; blocks until it has come.
    ///
    /// - Parameters:
    ///   - id: the name of the message, by which the broker recognises and drops a second one.
    ///   - deadline: the time within which the answer must come.
    /// - Throws: `BrokerError`, also if there is no answer in time.
    mutating func request(
        _ content: [UInt8], to subject: String, id: String? = nil,
        within deadline: Duration = deadline
    ) throws(BrokerError) -> [UInt8] {
        asked += 1
        let own = "\(base).\(asked)"
        try connection.publish(
            content, to: subject, reply: own, headers: id.map { ["Nats-Msg-Id": $0] } ?? [:])
        let end = connection.clock.monotonic() + deadline
        while true {
            let rest = end - connection.clock.monotonic()
            guard rest > .zero, let answer = try answer(to: subject, within: rest) else {
                let refused = connection.complaints.present(at: connection.clock.monotonic())
                    .first { $0.contains(subject) }
                let complaint = refused.map { " (\($0))" } ?? ""
                throw BrokerError(
                    .unreachable,
                    "no answer to \(subject) within \(deadline.wholeSeconds) s\(complaint)")
            }
            // An answer that came too late for an earlier question.
            guard answer.subject == own else { continue }
            return unsafe Array(answer.content)
        }
    }

    private func answer(
        to subject: String, within time: Duration
    ) throws(BrokerError) -> BrokerMessage? {
        do throws(BrokerError) {
            return try subscription.next(within: time)
        } catch {
            guard error.code == BrokerError.noResponders else { throw error }
            throw BrokerError(
                .unreachable,
                "nobody takes \(subject): JetStream is off, the stream does not take that "
                    + "subject, or has no leader at present", code: error.code)
        }
    }

    /// Returns whether a subject is one of those for answers.
    func isOwn(_ subject: String) -> Bool { subject.hasPrefix(base) }

    /// Sends a request to JetStream's interface, and returns the answer; blocks.
    ///
    /// - Throws: `BrokerError`, also if the answer is an error: `rejected`, with the broker's
    ///   words.
    mutating func call(
        _ verb: String, _ body: JSON = .null, within deadline: Duration = deadline
    ) throws(BrokerError) -> JSON {
        let content = body == .null ? [] : body.encoded
        let bytes = try request(content, to: "$JS.API.\(verb)", within: deadline)
        guard let answer = JSONReader.read(bytes) else {
            throw BrokerError(.rejected, "\(verb): the answer is not JSON")
        }
        if answer["error"].isObject {
            throw BrokerError(
                .rejected, "\(verb): \(answer["error"]["description"].string ?? "error")",
                code: answer["error"]["err_code"].integer ?? 0)
        }
        return answer
    }

    /// Requests messages, which come one by one with `next(within:)`.
    ///
    /// - Returns: the subject under which the end of the request is announced.
    mutating func pull(
        _ count: Int, from consumer: String, of stream: String, within time: Duration
    ) throws(BrokerError) -> String {
        asked += 1
        let own = "\(base).\(asked)"
        let body: JSON = .object([
            "batch": .integer(Int64(count)), "expires": .integer(time.inNanoseconds),
        ])
        try connection.publish(
            body.encoded, to: "$JS.API.CONSUMER.MSG.NEXT.\(stream).\(consumer)", reply: own)
        return own
    }

    /// Returns the next message; `nil` if there is none within a time.
    func next(within time: Duration) throws(BrokerError) -> BrokerMessage? {
        try subscription.next(within: time)
    }
}
