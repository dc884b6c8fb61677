import Locking
import MessageBus

// What is wrong, as people and the other parts of the bridge are told.
extension Broker {
    /// Milliseconds after which the log is told again of something that is still so.
    private static let reminder: Int64 = 60_000

    /// Why nothing goes out or comes in at present, of which rooms are told; `nil` if all is well.
    var outage: BrokerError? { state.withLock { $0.problem ?? $0.refusal ?? $0.silence } }

    /// Why not all can be shared at present; `nil` if all is well.
    var problem: BrokerError? { outage ?? state.withLock { $0.complaint } }

    /// Records why there is no connection, or no stream.
    func record(_ error: BrokerError) {
        let isNew = state.withLock { state in
            defer { state.problem = error }
            return state.problem?.description != error.description
        }
        if isNew { log.warning("the broker: \(error). Trying again") }
        onEvent(.changed)
    }

    /// Records why nothing can be read, though messages may go out.
    func recordSilence(_ error: BrokerError) {
        let isNew = state.withLock { state in
            defer { state.silence = error }
            return state.silence?.description != error.description
        }
        if isNew { log.warning("the broker: \(error). Trying again") }
        onEvent(.changed)
    }

    /// Records that the stream has answered a question for messages.
    ///
    /// Only this or an acknowledgement ends an outage: a server that is cut off from the others
    /// tells what it knows of the stream, too.
    func recordAnswer() {
        let isNew = state.withLock { state in
            defer { (state.problem, state.silence) = (nil, nil) }
            return state.problem != nil || state.silence != nil
        }
        if isNew { onEvent(.changed) }
    }

    /// Records that the stream has taken a message.
    func recordPublished(_ sequence: UInt64) {
        let (isOver, wasRefused) = state.withLock { state in
            state.stream.last = max(state.stream.last, sequence)
            defer { (state.problem, state.refusal) = (nil, nil) }
            return (state.problem != nil || state.refusal != nil, state.refusal != nil)
        }
        if wasRefused { log.info("the stream takes messages again") }
        if isOver { onEvent(.changed) }
    }

    /// Records that a message could not be put into the stream.
    func recordFailure(_ error: BrokerError) {
        let now = ThreadTime.now
        let (isLogged, isNew) = state.withLock { state in
            defer { state.refusal = error }
            let isNew = state.refusal?.description != error.description
            // Without a connection the log knows already.
            guard state.isConnected, isNew || now - state.toldAt > Self.reminder,
                state.refusal == nil || now - state.toldAt > Self.reminder
            else { return (false, isNew) }
            state.toldAt = now
            return (true, isNew)
        }
        if isLogged { log.warning("\(error). Trying again") }
        if isNew { onEvent(.changed) }
    }

    /// Takes in what the server complains of, such as a right that is missing.
    func recordComplaints(of session: BrokerSession) {
        let now = ThreadTime.now
        let sentences = session.connection.complaints.present(at: now)
        let complaint =
            sentences.isEmpty
            ? nil
            : BrokerError(.rejected, "the server refuses: " + sentences.joined(separator: "; "))
        let (isLogged, isNew) = state.withLock { state in
            defer { state.complaint = complaint }
            let isNew = state.complaint?.description != complaint?.description
            guard complaint != nil, now - state.complainedAt > Self.reminder else {
                return (false, isNew)
            }
            state.complainedAt = now
            return (true, isNew)
        }
        if isLogged, let complaint { log.warning("\(complaint)") }
        if isNew { onEvent(.changed) }
    }
}
