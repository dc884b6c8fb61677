import TimeUnits

/// The suspicion that a consumer has stopped: it has messages and delivers none.
///
/// One answer of the broker proves nothing: a message that was stored a moment ago is on its way,
/// and a busy broker takes its time. A consumer has stopped if two answers say so and nothing has
/// come from it in between.
struct ConsumerStall {
    private var suspicion: (delivered: UInt64, since: MonotonicTime)?

    /// The time between the two answers.
    static let confirmationTime: Duration = .seconds(1)

    /// Records an answer of the broker; returns true if the consumer has stopped.
    ///
    /// - Parameters:
    ///   - hasPending: true if the consumer has messages that it has not delivered.
    ///   - delivered: the number of messages that have come from it.
    mutating func record(
        hasPending: Bool, delivered: UInt64, at now: MonotonicTime
    ) -> Bool {
        guard hasPending else {
            suspicion = nil
            return false
        }
        if let suspicion, suspicion.delivered == delivered {
            return now - suspicion.since >= Self.confirmationTime
        }
        suspicion = (delivered, now)
        return false
    }

    /// Returns whether the broker is to be asked again, because nothing has come since the first
    /// answer.
    ///
    /// - Parameter delivered: the number of messages that have come from the consumer.
    func isCheckDue(delivered: UInt64, at now: MonotonicTime) -> Bool {
        guard let suspicion, suspicion.delivered == delivered else { return false }
        return now - suspicion.since >= Self.confirmationTime
    }

    /// Forgets the first answer: messages are not requested at present, so that they have to wait.
    mutating func forget() { suspicion = nil }
}
