import Chat
import IRC
import MessageBus
import Sockets

/// The network as the bridge knows it: the connection, the channels, the people, and what is on its
/// way.
///
/// An actor on the bus's own loop, where its socket is read and written; what a line leads to is
/// done at once, and what has to wait for the bus goes into a queue of events.
actor JoinedNetwork {
    nonisolated let loop: EventLoop
    nonisolated let options: IRCClient.Options
    nonisolated let context: Context
    nonisolated let port: Port
    nonisolated let phrases: Phrases
    /// The server's name in sentences for people: its host.
    nonisolated let serverName: String
    /// Signalled when there are events for the bus.
    nonisolated let news = AsyncSignal()
    /// Signalled when messages have arrived.
    nonisolated let arrivals = AsyncSignal()
    /// Signalled when marks are to be kept.
    nonisolated let marking = AsyncSignal()
    /// Signalled when something on its way is confirmed, or the connection has ended.
    nonisolated let confirmations = AsyncSignal()
    /// Signalled when a channel's sender is to look again, by channel.
    nonisolated let space: [String: AsyncSignal]
    /// Signalled at each tick, and when the connection has ended.
    nonisolated let progress = AsyncSignal()

    let connector: Connector
    var attempt: ConnectAttempt?
    var connection: ServerConnection?
    /// The registration of the connection, which knows its capabilities.
    var registration: NetworkRegistration
    /// True once the server has introduced itself, and the bridge joins channels.
    var isRegistered = false
    /// The time of the server's 001, by the loop's clock.
    var greetedAt: MonotonicTime?
    /// True once the log says that the server is this daemon's own.
    var isServerOwn = false
    var features = ServerFeatures() { didSet { recordNick() } }
    var roster = Roster()
    var batches = OpenBatches()
    var questions = WhoisQueue()
    var splits = Netsplits()
    /// The bridge itself as the server shows it.
    var own = IRCSource(nick: "") { didSet { recordNick() } }
    private let ownNicks: OwnNicks
    var channels: [String: JoinedChannel] = [:]
    var outbox: IRCOutbox
    /// Messages that have arrived, or never will, by channel.
    var arrived: [OutgoingItem] = []
    /// The last message that may have gone out to each channel in an earlier run.
    private(set) var lastMarks: [String: MessageNumber] = [:]
    /// Marks that the store is to keep.
    var marks: [SendMark] = []
    var sts: STSPolicy?
    /// The time for which the server must be reached by TLS after a connection has ended; `nil`
    /// if it has not demanded that on this one.
    var stsDuration: Duration?
    /// The port to which the server has sent the bridge, for TLS.
    var upgradePort: UInt16?
    /// The end of the last connection, until it is looked at.
    var end: ConnectionEnd?
    /// The time, by the loop's clock, at which the last line came.
    var lastLine = MonotonicTime.distantPast
    /// The time at which the connection began.
    var openedAt = MonotonicTime.distantPast
    /// Time when the first connection was begun.
    var startedAt = MonotonicTime.distantFuture
    /// The time at which the server ceased to be reachable.
    var silentSince: MonotonicTime?
    /// True if the rooms know that the server can't be reached.
    var isSilenceTold = false
    /// The nick that the rooms were last told of, if it is not the wanted one.
    var toldNick: String?
    var nextNickTry = MonotonicTime.distantPast
    /// The time of the last repeated attempt to join a channel.
    var lastJoin = MonotonicTime.distantPast
    /// True once the first attempt to connect has ended in one way or another.
    var isReady = false
    /// True once the bus stops: nothing is brought in any more.
    var isStopping = false
    /// True once the connection is not to be made again.
    var isFinishing = false
    var possibleDuplicates = 0

    private var events: [InboundEvent] = []
    private var tickTimer: LoopTimer?
    var pumpTimer: LoopTimer?

    /// Events that may wait for the bus before the server has to wait.
    private static let maxEvents = 512
    /// The time from one tick to the next.
    static let tick: Duration = .milliseconds(250)

    /// The thread of the loop is the actor's.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(
        _ options: IRCClient.Options, _ context: Context, _ port: Port, _ ownNicks: OwnNicks,
        checkpoints: [String: [UInt8]]
    ) {
        loop = context.loop
        self.options = options
        self.context = context
        self.port = port
        self.ownNicks = ownNicks
        sts = checkpoints[STSPolicy.checkpointKey].flatMap { STSPolicy($0) }
        phrases = Phrases(port.language)
        serverName = options.endpoint.host
        let channels = options.channels.entries.map { JoinedChannel($0) }
        self.channels = Dictionary(channels.map { ($0.id, $0) }) { first, _ in first }
        space = Dictionary(channels.map { ($0.id, AsyncSignal()) }) { first, _ in first }
        outbox = IRCOutbox(
            LineComposer(phrases: phrases, format: options.outgoingFormat),
            channels: channels.map { ($0.id, $0.name) },
            bucket: FloodBucket(options.flood, now: .distantPast))
        registration = NetworkRegistration(options, isEncrypted: false)
        connector = Connector(on: loop)
        for channel in channels {
            let mark = SendMark(channel.id, in: checkpoints)
            lastMarks[channel.id] = mark.last
            outbox.record(mark)
        }
    }

    nonisolated var log: Log { port.log }

    /// Begins to keep time.
    func begin() {
        let timer = LoopTimer { [weak self] in
            self?.assumeIsolated { network in
                network.passTime()
                network.setTickTimer()
            }
        }
        tickTimer = timer
        pumpTimer = LoopTimer { [weak self] in self?.assumeIsolated { $0.pump() } }
        setTickTimer()
    }

    private func setTickTimer() {
        if let tickTimer { loop.set(tickTimer, after: Self.tick) }
    }

    /// Ends everything at once.
    func close() {
        isFinishing = true
        ownNicks.remove(self)
        tickTimer?.cancel()
        pumpTimer?.cancel()
        (tickTimer, pumpTimer) = (nil, nil)
        attempt?.cancel()
        connection?.close()
        connection = nil
        wakeSenders()
    }

    /// Ends everything soon; for callers that can't wait.
    nonisolated func closeSoon() { loop.perform { self.assumeIsolated { $0.close() } } }

    // MARK: - The daemon's own bridges

    /// The name of the network, or of the server if it tells none.
    private var networkName: String { features.network ?? serverName }

    private func recordNick() {
        guard !own.nick.isEmpty else { return }
        ownNicks.record(features.caseMapping.key(of: own.nick), on: networkName, of: self)
    }

    /// Returns whether somebody is another bridge of this daemon.
    func isOwnBridge(_ source: IRCSource) -> Bool {
        ownNicks.isAnother(
            features.caseMapping.key(of: source.nick), on: networkName, than: self)
    }

    // MARK: - Events for the bus

    /// Adds an event for the bus.
    func enqueue(_ event: InboundEvent) {
        events.append(event)
        if events.count >= Self.maxEvents { connection?.pause() }
        news.send()
    }

    /// Says a sentence in the rooms of all channels, or of one.
    func say(_ sentence: String, in channel: JoinedChannel? = nil) {
        let rooms = channel.map { [$0.room] } ?? Set(channels.values.map(\.room)).sorted()
        if !rooms.isEmpty { enqueue(.sentence(sentence, rooms: rooms)) }
    }

    /// Returns the events since the last call.
    func drainEvents() -> [InboundEvent] {
        defer { events = [] }
        return events
    }

    /// Resumes reading, once the events have been handed over.
    func resumeReading() { if events.count < Self.maxEvents { connection?.resume() } }

    // MARK: - Messages for the channels

    /// Returns the messages that are done with since the last call.
    func drainArrived() -> [OutgoingItem] {
        defer { arrived = [] }
        return arrived
    }

    /// Tells the senders to look whether there is room.
    func wakeSenders() { for signal in space.values { signal.send() } }
}
