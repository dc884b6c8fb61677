import Chat
import IRC
import MessageBus
import Metrics
import Sockets
import TimeUnits

/// The server of one ircd bridge: its channels, its clients, and what they share.
///
/// Confined to the bus's loop.
final class ServedNetwork: @unchecked Sendable {  // made on the loop, and touched there only
    /// The options; limits in them may change while the server runs.
    var options: IRCServer.Options
    let port: Port
    let loop: EventLoop
    let phrases: Phrases
    let throttledLog: ThrottledLog
    let people: IRCPeople
    let markers: ReadMarkers
    let streams: RoomStreams<ChannelForm>
    let lists: ListBudget
    /// The order in which clients go on with what they have sent.
    let input: InputScheduler
    /// The server's name, which stands in front of its lines.
    let name: String
    /// The room of people who are in no channel.
    let lobby: Room
    /// The time at which the server began.
    let began: Timestamp
    /// True if nothing is read or said before a login.
    let isLoginRequired: Bool
    /// The limit on commands.
    var commandRule: CommandBucket.Rule
    /// The limit on questions about what was said.
    let queryRule: CommandBucket.Rule
    var textLimit: TextLimit
    var rooms: [Room]
    private(set) var clients: [UInt32: IRCServerClient] = [:]
    /// Clients that are registered, by their folded names.
    private(set) var clientsByKey: [String: [IRCServerClient]] = [:]
    /// Clients that are registered.
    private(set) var registeredCount = 0
    /// The most clients that were registered at a time.
    private(set) var maxClients = 0
    private var forms: [ObjectIdentifier: ChannelForm] = [:]
    private var shared: [String: [ClientForm: ChannelForm]] = [:]
    /// The forms in which clients share what is encoded, each with the number of channels read in
    /// it.
    private var sharedForms: [ClientForm: Int] = [:]
    private var pausedForStore: [IRCServerClient] = []
    private var told: Set<ToldChange> = []
    private var changedPeople: Set<String> = []
    /// The clients that watch a nick, by its folded form.
    var watchers: [String: [IRCServerClient]] = [:]
    /// True for a watched nick that its watchers believe to be here, otherwise false.
    var watchState: [String: Bool] = [:]
    private var observers = (
        store: UInt64(0), moderation: UInt64(0), kicks: UInt64(0), configuration: UInt64(0),
        people: UInt64(0)
    )
    private var turnEndID = 0
    private var lastBatch = 0
    /// The message id that the private message being sent replies to.
    var speakingReply: String?
    var isStopping = false
    var isDetached = false
    /// Open once every connection is closed.
    let end: Latch
    var http: HTTPServer?
    var isHTTPClosed = true
    /// The watches of the certificate, for IRC and for WebSockets.
    var certificateWatches: [CertificateWatch] = []
    lazy var listener = makeListener()
    lazy var lingering = LingeringConnections(on: loop) { [unowned self] in self.checkDone() }
    private lazy var pings = LoopTimer { [unowned self] in self.checkClients() }

    /// Something about a person that a client was told in this turn.
    private struct ToldChange: Hashable {
        let key: String
        let connectionID: UInt32
    }

    /// The most forms in which clients share what is encoded.
    static let maxSharedForms = 8
    /// Bytes of a transcript that one client has for itself.
    private static let ownBuffer = 64 << 10
    /// Bytes of long answers not taken yet beyond which no further one is begun.
    private static let maxListBytes = 64 << 20
    /// Questions that a client may ask at once, and the pause for one more.
    private static let queries = (burst: 100, pause: Duration.milliseconds(50))
    /// The time between two checks for silent clients.
    private static let checkInterval: Duration = .seconds(5)

    init(_ options: IRCServer.Options, port: Port, bus: isolated Bus, loop: EventLoop) {
        self.options = options
        self.port = port
        self.loop = loop
        end = Latch(on: loop)
        phrases = Phrases(port.language)
        throttledLog = ThrottledLog(port.log)
        people = IRCPeople(port.bus)
        markers = ReadMarkers(on: loop)
        lists = ListBudget(bound: Self.maxListBytes, on: loop)
        streams = RoomStreams(of: port, on: loop, stalledAfter: options.stalledAfter)
        let host = NickRules.host(bus.settings.name)
        let isNamed = host.contains(".") && bus.settings.name.allSatisfy { $0 != " " }
        // Clients tell a server from a person by the dot in its name.
        name = isNamed ? bus.settings.name : "\(host).irc"
        input = InputScheduler(on: loop)
        lobby = bus.hiddenRoom(like: port.room)
        began = bus.now
        isLoginRequired = bus.accounts.policy.isLoginRequired
        commandRule = CommandBucket.Rule(options.commands)
        var queries = CommandBucket.Options()
        (queries.burst, queries.per) = Self.queries
        queryRule = CommandBucket.Rule(queries)
        textLimit = TextLimit(of: port.attachment, on: bus)
        rooms = bus.allRooms
        turnEndID = loop.atTurnEnd { [unowned self] in
            self.port.bus.assumeIsolated { self.endTurn($0) }
        }
        bus.protect(options.proxyFrom)
        exposeGauges()
        observe(bus)
        loop.set(pings, after: Self.checkInterval)
    }

    private func observe(_ bus: isolated Bus) {
        observers.moderation = bus.whenModerated { [unowned self] in self.apply($0) }
        observers.kicks = bus.whenKicked { [unowned self] in self.kick($0) }
        observers.store = bus.whenStoreMoves { [unowned self] in self.continueAfterStore() }
        observers.configuration = bus.whenConfigurationChanges { [unowned self] in
            self.port.bus.assumeIsolated { self.useConfiguration($0) }
        }
        observers.people = bus.whenPeopleChange { [unowned self] key in
            if !self.watchers.isEmpty { self.changedPeople.insert(key) }
        }
    }

    /// Detaches the server from the loop, the rooms and the bus: none of them calls it any more.
    func detach() {
        guard !isDetached else { return }
        isDetached = true
        isStopping = true
        pings.cancel()
        for watch in certificateWatches { watch.cancel() }
        certificateWatches = []
        http = nil
        streams.stalled.cancel()
        loop.removeTurnEnd(turnEndID)
        input.removeAll()
        input.stop()
        for form in forms.values { form.feed.room.remove(form.feed) }
        port.bus.assumeIsolated { bus in
            bus.removeStoreObserver(observers.store)
            bus.removeModerationObserver(observers.moderation)
            bus.removeModerationObserver(observers.kicks)
            bus.removeConfigurationObserver(observers.configuration)
            bus.removePeopleObserver(observers.people)
        }
    }

    // MARK: - Channels

    /// Returns the room of a channel: `#general`, in any case.
    func room(_ channel: String) -> Room? {
        guard channel.hasPrefix("#"), channel.utf8.count <= 33 else { return nil }
        let name = channel.dropFirst().lowercased()
        return rooms.first { $0.name == name }
    }

    /// Returns the form of a room for clients of a form; `nil` if the bridge takes nothing out.
    func form(_ form: ClientForm, of room: Room, _ bus: isolated Bus) -> ChannelForm? {
        if port.direction == .in { return nil }
        if let known = shared[room.name]?[form], known.feed.room === room { return known }
        let isShared = sharedForms[form] != nil || sharedForms.count < Self.maxSharedForms
        let encoder = ChannelEncoder(form, room: room.name, people: people)
        let feed = room.addFeed(
            capacity: isShared ? options.buffer.bytes : Self.ownBuffer, encoder: encoder,
            outgoing: port.attachment.outgoing, reader: self, after: bus.nextNumber())
        let channel = ChannelForm(
            feed, encoder, isShared: isShared, isStored: bus.keepsMessages, of: self)
        forms[ObjectIdentifier(feed)] = channel
        if isShared {
            shared[room.name, default: [:]][form] = channel
            sharedForms[form, default: 0] += 1
        }
        return channel
    }

    /// Removes a form that nobody reads any more.
    func remove(_ form: ChannelForm) {
        form.feed.room.remove(form.feed)
        forms[ObjectIdentifier(form.feed)] = nil
        guard form.isShared else { return }
        shared[form.feed.room.name]?[form.encoder.form] = nil
        let count = sharedForms[form.encoder.form, default: 1] - 1
        sharedForms[form.encoder.form] = count > 0 ? count : nil
    }

    /// The forms that are read.
    var allForms: [ChannelForm] { Array(forms.values) }

    /// Brings all forms of a room up to date, so that what is said beside the messages is written.
    func catchUp(_ room: Room) {
        for form in allForms where form.feed.room === room { form.catchUp() }
    }

    // MARK: - Clients

    /// Returns the client of a connection.
    func client(_ connectionID: UInt32) -> IRCServerClient? { clients[connectionID] }

    /// Returns the clients of somebody.
    func clients(of key: String) -> [IRCServerClient] { clientsByKey[key] ?? [] }

    /// The clients that are connected.
    var clientsOfAll: some Collection<IRCServerClient> { clients.values }

    /// Returns a name for a batch.
    func nextBatch() -> String {
        lastBatch += 1
        return "h\(lastBatch)"
    }

    /// Adds a client that has connected.
    func add(_ client: IRCServerClient) { clients[client.connectionID] = client }

    /// Adds a client to those of somebody.
    func add(_ client: IRCServerClient, of key: String) {
        clientsByKey[key, default: []].append(client)
        registeredCount += 1
        maxClients = max(maxClients, registeredCount)
    }

    /// Removes a client from those of somebody.
    func remove(_ client: IRCServerClient, of key: String) {
        registeredCount -= 1
        clientsByKey[key]?.removeAll { $0 === client }
        if clientsByKey[key]?.isEmpty == true { clientsByKey[key] = nil }
    }

    /// Forgets a client that has closed.
    func remove(_ client: IRCServerClient) {
        clients[client.connectionID] = nil
        if case .socket = client.wire { listener.removeConnection(from: client.host) }
        checkDone()
    }

    private func checkClients() {
        loop.set(pings, after: Self.checkInterval)
        for client in Array(clients.values) { client.checkAlive(at: loop.now) }
    }

    // MARK: - Turns

    /// Records that a client is told something about a person; returns false if it was told so
    /// before in this turn, in another channel.
    func recordTold(_ key: String, to connectionID: UInt32) -> Bool {
        told.insert(ToldChange(key: key, connectionID: connectionID)).inserted
    }

    private func endTurn(_ bus: isolated Bus) {
        streams.endTurn(bus)
        if !changedPeople.isEmpty {
            let changed = changedPeople
            changedPeople = []
            for key in changed { tellWatchers(of: key, bus) }
            streams.endTurn(bus)
        }
        if !told.isEmpty { told = [] }
        people.live.endTurn()
    }

    // MARK: - The store

    /// Continues to read a client when the store keeps up again.
    func awaitStore(for client: IRCServerClient) { pausedForStore.append(client) }

    private func continueAfterStore() {
        let paused = pausedForStore
        pausedForStore = []
        port.bus.assumeIsolated { bus in
            streams.continueAfterStore(bus)
            for client in paused { client.input.continueAfterPause(bus) }
        }
    }
}

extension ServedNetwork: RoomFeedDelegate {
    func transcriptGrew(_ feed: RoomFeed) { forms[ObjectIdentifier(feed)]?.sendPending() }
}
