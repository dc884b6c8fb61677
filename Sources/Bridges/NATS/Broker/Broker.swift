import JSON
import Locking
import MessageBus
import Sockets

/// The broker as this instance sees it: connections, one after the other, and what was read from the
/// stream.
///
/// Safe from any thread. Everything that blocks runs on the threads of `run()` and of its sessions.
final class Broker: Sendable {
    /// The condition of the connection.
    struct State {
        /// The reason why there is no connection, or why nothing can be shared; `nil` once the
        /// stream has answered.
        var problem: BrokerError?
        /// The reason why nothing can be read though there is a connection; `nil` if there is no such
        /// reason.
        var silence: BrokerError?
        /// The right that the server has refused; `nil` if it has refused none.
        var complaint: BrokerError?
        /// The sentences about the present outage that the log has.
        var told = ToldSentences()
        /// Messages of the stream that were not sent by an instance.
        var foreignMessages = LogAllowance()
        /// The time at which the log was told last of a refusal.
        var toldAt = MonotonicTime.distantPast
        /// The time at which the log was told last of a complaint.
        var complainedAt = MonotonicTime.distantPast
        /// True once the first attempts have ended.
        var isSettled = false
        /// The reason why the bridge must not start: the servers do not take the credentials.
        var startRefusal: BrokerError?
        var isConnected = false
        /// The reason why the stream takes no messages though there is a connection; `nil` if it
        /// does.
        var refusal: BrokerError?
        /// The address of the present server, or the last one.
        var server = ""
        /// The largest message that it takes.
        var maxPayload = 1 << 20
        var stream = StreamState()
        /// The position up to which messages were read and handed over.
        var position: StreamPosition
        /// Messages of the stream that were not read yet, as of the last one.
        var pending: UInt64 = 0
        /// The position of the last message put into the stream.
        var sent: StreamPosition
        /// Other servers, as servers have told.
        var discovered: [String] = []
        /// The highest number of a message of ours that the stream had at first; `nil` before that is
        /// known.
        var highestOwn: MessageNumber?
        var hasEnded = false
        /// True once the stream's messages are read no more.
        var isClosed = false
        var sessions = 0
    }

    /// Something that others are to do something about.
    enum Event: Sendable {
        /// The first attempts have ended, one with each server.
        case settled
        /// The connection is there or gone.
        case changed
        /// The stream has forgotten messages of ours.
        case forgotten
        /// It is known what the stream has of ours.
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
    let publishing = PublishQueue()
    /// Batches that were read and wait for the bus.
    let incoming: BoundedQueue<ReceivedBatch>
    let state: Locked<State>
    let wake = ThreadSignal()
    /// Called on one of the threads with what happens.
    let onEvent: @Sendable (Event) -> Void
    /// The functions of the other threads of a session; each is given the session.
    let companions: [(name: String, body: @Sendable (BrokerSession) -> Void)]

    /// The time after which a thread looks whether it is to end.
    static let nap: Duration = .milliseconds(200)
    /// Messages that wait for the bus before no more are read.
    private static let bound = 4_096

    /// Makes a broker that is not connected to.
    ///
    /// - Parameters:
    ///   - isReader: false if messages only go out.
    ///   - position: what was read of the stream, and kept.
    ///   - sent: what was put into the stream last.
    init(
        _ access: BrokerAccess, _ settings: StreamSettings, store: String, rooms: [String],
        isReader: Bool = true, position: StreamPosition, sent: StreamPosition, log: Log,
        companions: [(name: String, body: @Sendable (BrokerSession) -> Void)] = [],
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.access = access
        self.settings = settings
        self.store = store
        self.rooms = rooms
        self.isReader = isReader
        self.log = log
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

    /// Reads no more from the stream, and waits for nothing that can't be published.
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

    /// The largest message that the server takes.
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

    /// Records that there is nothing in the present stream that could be looked for later.
    func forgetSent() {
        state.withLock { state in
            if state.sent.created != state.stream.created { state.sent = StreamPosition() }
        }
    }

    // MARK: - The thread

    /// Connects and serves, again and again, until it is ended; blocks.
    func run() {
        // What may be over at any moment is tried often; who is refused need not hurry.
        var backoff = Backoff(from: .milliseconds(250), to: .seconds(3))
        var refusalBackoff = Backoff(from: .milliseconds(250), to: .seconds(15))
        var (next, tries) = (0, 0)
        // What the servers of the first round have said against the credentials.
        var refusal: BrokerError?
        while !hasEnded {
            let servers = access.servers + state.withLock { $0.discovered }
            let address = servers[next % servers.count]
            next += 1
            let start = KernelClock.monotonic
            var failure: BrokerError?
            do throws(BrokerError) {
                let connection = try BrokerConnection(
                    to: address, access, name: "puente \(store)")
                try serve(BrokerSession(connection))
                tries = 0
            } catch {
                record(error)
                failure = error
                tries += 1
                switch error.kind {
                case .refused: refusal = refusal ?? error
                // One that lets us in is enough for the start.
                case .rejected: recordFirstOutcome(nil)
                case .unreachable: break
                }
                if tries >= access.servers.count { recordFirstOutcome(refusal) }
            }
            // One that has lasted is made again at once, elsewhere where that is possible.
            if KernelClock.monotonic - start > .seconds(10) {
                backoff.reset()
                refusalBackoff.reset()
            }
            if hasEnded { break }
            // Another server may have the others that this one misses.
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
        let stream = try believedStream(session, &inbox)
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
    /// - Parameter refusal: why all of them came to nothing, if that is to stop the bridge.
    func recordFirstOutcome(_ refusal: BrokerError?) {
        let isFirst = state.withLock { state in
            if state.isSettled { return false }
            (state.isSettled, state.startRefusal) = (true, refusal)
            return true
        }
        if isFirst { onEvent(.settled) }
    }
}
