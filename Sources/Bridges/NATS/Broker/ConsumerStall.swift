import TimeUnits

/// The search for a consumer that has messages and delivers none.
///
/// One answer of the broker proves nothing: a message that was stored a moment ago is on its way,
/// and a busy broker takes its time. A consumer has stopped if it is found so twice, and has
/// delivered nothing between.
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

    /// Returns whether the broker is to be asked the second time.
    func isCheckDue(at now: MonotonicTime) -> Bool {
        suspicion.map { now - $0.since >= Self.confirmationTime } ?? false
    }

    /// Forgets the first answer: messages are not requested at present, so that they have to wait.
    mutating func forget() { suspicion = nil }
}
