import JSON
import Locking
import MessageBus
import Sockets

/// The broker as this instance sees it: connections, one after the other, and what was read from
/// the stream.
///
/// Safe from any thread. Everything that blocks runs on the threads of `run()` and of its sessions.
final class Broker: Sendable {
    /// The condition of the connection.
    struct State {
        /// The reason why there is no connection, or why nothing can be shared; `nil` once the
        /// stream has answered.
        var problem: BrokerError?
        /// The reason why nothing can be read though there is a connection; `nil` if there is no
        /// such reason.
        var silence: BrokerError?
        /// The right that the server has refused; `nil` if it has refused none.
        var complaint: BrokerError?
        /// The sentences about the present outage that the log already has.
        var told = ToldSentences()
        /// Messages of the stream that were not sent by an instance.
        var foreignMessageLines = LogAllowance()
        /// The last time that a refusal was logged.
        var toldAt = MonotonicTime.distantPast
        /// The last time that a complaint was logged.
        var complainedAt = MonotonicTime.distantPast
        /// True once the first attempts have ended.
        var isSettled = false
        /// The reason why the bridge must not start: the servers reject the credentials.
        var startRefusal: BrokerError?
        var isConnected = false
        /// The reason why the stream takes no messages though there is a connection; `nil` if it
        /// does.
        var refusal: BrokerError?
        /// The address of the present server, or the last one.
        var server = ""
        /// The largest message that the server accepts.
        var maxPayload = 1 << 20
        var stream = StreamState()
        /// The position up to which messages were read and handed over.
        var position: StreamPosition
        /// The number of messages of the stream that were not read yet, as of the last one read.
        var pending: UInt64 = 0
        /// The position of the last message put into the stream.
        var sent: StreamPosition
        /// The addresses of other servers, as servers have reported them.
        var discovered: [String] = []
        /// The highest number of a message of ours that the stream had at first; `nil` before that
        /// is known.
        var highestOwn: MessageNumber?
        var hasEnded = false
        /// True once no more messages of the stream are read.
        var isClosed = false
        var sessions = 0
    }

    /// An event that other parts of the bridge act on.
    enum Event: Sendable {
        /// The first attempts have ended, one with each server.
        case settled
        /// The connection is there or gone.
        case changed
        /// The stream has forgotten messages of ours.
        case forgotten
        /// It is known which messages of ours the stream has.
        case counted
    }

    let access: BrokerAccess
    let settings: StreamSettings
    /// The name of our own store.
    let store: String
    /// The shared rooms, as the fleet calls them.
    let rooms: [String]
    /// False if messages only go out.
    let isReader: Bool
    let log: Log
    let clock: any TimeSource
    let publishing = PublishQueue()
    /// Batches that were read and wait for the bus.
    let incoming: BoundedQueue<ReceivedBatch>
    let state: Locked<State>
    let wake = ThreadSignal()
    /// Called on one of the threads with each event.
    let onEvent: @Sendable (Event) -> Void
    /// The functions of the other threads of a session; each is given the session.
    let companions: [(name: String, body: @Sendable (BrokerSession) -> Void)]

    /// The longest time for which a thread does not check whether it is to end.
    static let nap: Duration = .milliseconds(200)
    /// The number of waiting messages at which reading stops.
    private static let bound = 4_096

    /// Makes a broker that is not connected to.
    ///
    /// - Parameters:
    ///   - isReader: false if messages only go out.
    ///   - position: the position up to which an earlier run has read the stream.
    ///   - sent: the position of the last message that an earlier run has put into the stream.
    init(
        _ access: BrokerAccess, _ settings: StreamSettings, store: String, rooms: [String],
        isReader: Bool = true, position: StreamPosition, sent: StreamPosition, log: Log,
        clock: any TimeSource,
        companions: [(name: String, body: @Sendable (BrokerSession) -> Void)] = [],
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.access = access
        self.settings = settings
        self.store = store
        self.rooms = rooms
        self.isReader = isReader
        self.log = log
        self.clock = clock
        self.companions = companions
        self.onEvent = onEvent
        state = Locked(State(position: position, sent: sent))
        let wake = wake
        incoming = BoundedQueue(bound: Self.bound) { wake.send() }
    }

    /// True once everything is to end.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    /// True once no more of the stream is to be read.
    var isClosed: Bool { state.withLock { $0.isClosed || $0.hasEnded } }
    /// True if there is a connection and a stream.
    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// Reads no more from the stream, and no longer waits for messages that can't be published.
    func stop() {
        state.withLock { $0.isClosed = true }
        incoming.end()
        publishing.stop()
    }

    /// Ends the threads soon.
    func end() {
        state.withLock { $0.hasEnded = true }
        incoming.end()
        publishing.end()
        wake.send()
    }

    /// The largest message that the server accepts.
    var maxPayload: Int { state.withLock { $0.maxPayload } }
    /// The highest number of a message of ours that the stream had at first; `nil` before that is
    /// known.
    var highestOwn: MessageNumber? { state.withLock { $0.highestOwn } }
    /// The position of the last message put into the stream.
    var sent: StreamPosition { state.withLock { $0.sent } }

    /// Records that a message was put into the stream, and is to be looked for there later.
    func recordSent(_ position: StreamPosition) {
        state.withLock { state in
            if position.created != state.sent.created || position.sequence > state.sent.sequence {
                state.sent = position
            }
        }
    }

    /// Records that the present stream has no message that could be looked for later.
    func forgetSent() {
        state.withLock { state in
            if state.sent.created != state.stream.created { state.sent = StreamPosition() }
        }
    }

    // MARK: - The thread

    /// Connects and serves, again and again, until the broker is ended; blocks.
    func run() {
        // An outage that may end at any moment is probed often; after a refusal there is no hurry.
        var backoff = Backoff(from: .milliseconds(250), to: .seconds(3))
        var refusalBackoff = Backoff(from: .milliseconds(250), to: .seconds(15))
        var (next, tries) = (0, 0)
        // The objections of the servers of the first round to the credentials.
        var refusal: BrokerError?
        while !hasEnded {
            let servers = access.servers + state.withLock { $0.discovered }
            let address = servers[next % servers.count]
            next += 1
            let start = clock.monotonic()
            var failure: BrokerError?
            do throws(BrokerError) {
                let connection = try BrokerConnection(
                    to: address, access, name: "puente \(store)", clock: clock)
                try serve(BrokerSession(connection))
                tries = 0
            } catch {
                record(error)
                failure = error
                tries += 1
                switch error.kind {
                case .refused: refusal = refusal ?? error
                // One server that lets us in is enough for the start.
                case .rejected: recordFirstOutcome(nil)
                case .unreachable: break
                }
                if tries >= access.servers.count { recordFirstOutcome(refusal) }
            }
            // After a connection that has lasted, another is made at once, to another server if
            // possible.
            if clock.monotonic() - start > .seconds(10) {
                backoff.reset()
                refusalBackoff.reset()
            }
            if hasEnded { break }
            // Another server may be connected to those that this one misses.
            let isRejected = failure?.kind == .rejected && failure?.code != BrokerError.unavailable
            if tries % servers.count == 0 || isRejected {
                let pause =
                    failure?.kind == .refused ? refusalBackoff.next() : backoff.next()
                wake.wait(atMost: pause)
            }
        }
    }

    private func serve(_ session: BrokerSession) throws(BrokerError) {
        defer {
            publishing.pause()
            session.end()
            let wasConnected = state.withLock { state in
                defer { (state.isConnected, state.silence, state.complaint) = (false, nil, nil) }
                return state.isConnected
            }
            if wasConnected { onEvent(.changed) }
        }
        var inbox = try BrokerInbox(session.connection)
        let stream = try confirmedStream(session, &inbox)
        let others = session.connection.otherServers
        let hasForgotten = try hasForgotten(stream, &inbox)
        try countOwn(in: stream, &inbox)
        checkPosition(in: stream)
        state.withLock { state in
            state.stream = stream
            state.server = session.connection.address
            state.maxPayload = session.connection.maxPayload
            state.discovered = others.filter { !access.servers.contains($0) }
            state.isConnected = true
            state.sessions += 1
        }
        log.info("connected to \(session.connection.address), stream \(stream.name)")
        publishing.begin(hasForgotten: hasForgotten)
        onEvent(.changed)
        recordFirstOutcome(nil)
        if hasForgotten { onEvent(.forgotten) }
        try session.start("nats publish") { [self] in publish($0, created: stream.created) }
        for companion in companions { try session.start(companion.name, companion.body) }
        if isReader { try read(session, stream) } else { try watch(session, stream) }
    }

    /// Records that the first attempts have ended.
    ///
    /// - Parameter refusal: the reason why all of them failed, if it is to stop the bridge.
    func recordFirstOutcome(_ refusal: BrokerError?) {
        let isFirst = state.withLock { state in
            if state.isSettled { return false }
            (state.isSettled, state.startRefusal) = (true, refusal)
            return true
        }
        if isFirst { onEvent(.settled) }
    }
}
