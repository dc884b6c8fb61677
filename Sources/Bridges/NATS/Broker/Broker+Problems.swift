import Locking
import MessageBus
import TimeUnits

// The broker's problems, as people and the other parts of the bridge learn of them.
extension Broker {
    /// The reason why no messages go out or come in at present, which is told in the rooms; `nil`
    /// if they do.
    var outage: BrokerError? { state.withLock { $0.problem ?? $0.refusal ?? $0.silence } }

    /// The reason why not everything can be shared at present; `nil` if all is well.
    var problem: BrokerError? { outage ?? state.withLock { $0.complaint } }

    /// Records the reason why there is no connection, or no stream.
    func record(_ error: BrokerError) {
        let now = clock.monotonic()
        let isTold = state.withLock { state in
            state.problem = error
            return state.told.add(error.description, at: now)
        }
        if isTold { log.warning("the broker: \(error). Trying again") }
        onEvent(.changed)
    }

    /// Records the reason why nothing can be read, although messages may go out.
    func recordSilence(_ error: BrokerError) {
        let now = clock.monotonic()
        let isTold = state.withLock { state in
            state.silence = error
            return state.told.add(error.description, at: now)
        }
        if isTold { log.warning("the broker: \(error). Trying again") }
        onEvent(.changed)
    }

    /// Records that the stream has answered a question for messages.
    ///
    /// Only this or an acknowledgement ends an outage: a server that is cut off from the others
    /// still reports what it knows about the stream.
    func recordAnswer() {
        let isNew = state.withLock { state in
            guard state.problem != nil || state.silence != nil else { return false }
            (state.problem, state.silence, state.told) = (nil, nil, ToldSentences())
            return true
        }
        if isNew { onEvent(.changed) }
    }

    /// Records that the stream has taken a message.
    func recordPublished(_ sequence: UInt64) {
        let (isOver, wasRefused) = state.withLock { state in
            state.stream.last = max(state.stream.last, sequence)
            guard state.problem != nil || state.refusal != nil else { return (false, false) }
            defer { (state.problem, state.refusal, state.told) = (nil, nil, ToldSentences()) }
            return (true, state.refusal != nil)
        }
        if wasRefused { log.info("the stream takes messages again") }
        if isOver { onEvent(.changed) }
    }

    /// Records that a message could not be put into the stream.
    func recordFailure(_ error: BrokerError) {
        let now = clock.monotonic()
        let (isLogged, isNew) = state.withLock { state in
            defer { state.refusal = error }
            let isNew = state.refusal?.description != error.description
            // Without a connection the log has the reason already.
            guard state.isConnected, isNew || now - state.toldAt > ToldSentences.reminder,
                state.refusal == nil || now - state.toldAt > ToldSentences.reminder
            else { return (false, isNew) }
            state.toldAt = now
            return (true, isNew)
        }
        if isLogged { log.warning("\(error). Trying again") }
        if isNew { onEvent(.changed) }
    }

    /// Records the server's complaints, such as a missing right.
    func recordComplaints(of session: BrokerSession) {
        let now = clock.monotonic()
        let sentences = session.connection.complaints.present(at: now)
        let complaint =
            sentences.isEmpty
            ? nil
            : BrokerError(.rejected, "the server refuses: " + sentences.joined(separator: "; "))
        let (isLogged, isNew) = state.withLock { state in
            defer { state.complaint = complaint }
            let isNew = state.complaint?.description != complaint?.description
            guard complaint != nil, now - state.complainedAt > ToldSentences.reminder else {
                return (false, isNew)
            }
            state.complainedAt = now
            return (true, isNew)
        }
        if isLogged, let complaint { log.warning("\(complaint)") }
        if isNew { onEvent(.changed) }
    }

    /// Records a message of the stream that was not sent by an instance.
    func recordForeignMessage(_ sequence: UInt64) {
        let now = clock.monotonic()
        if state.withLock({ $0.foreignMessageLines.admit(at: now) }) {
            log.warning("message \(sequence) of the stream was not sent by an instance")
        }
    }

    /// Logs how many such messages there were beside those already logged.
    func logForeignMessages() {
        let now = clock.monotonic()
        guard let count = state.withLock({ $0.foreignMessageLines.drainHeldCount(at: now) }) else {
            return
        }
        log.warning("\(count) more messages of the stream were not sent by an instance")
    }
}
