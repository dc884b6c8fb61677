// Plug-ins get the units of time with the bus.
@_exported import TimeUnits

/// The bus: all rooms, all bridges, and the path of a message between them.
///
/// An actor on the executor that it is given. If that is an event loop, code that the loop calls
/// enters the bus without waiting (`assumeIsolated`); all other code says `await`.
public actor Bus {
    /// The name, rooms, clocks, log and rules that a bus is made with.
    package struct Settings: Sendable {
        /// The instance's name, as other instances show it.
        package var name = "puente"
        package var language = Language.es
        /// Names of the rooms, the default one first.
        package var rooms = ["general"]
        package var namePolicy = NamePolicy()
        /// The accounts, bans and mutes.
        package var accounts: any AccountDirectory = NoAccounts()
        package var log = Log.silent
        /// The time of the present turn.
        package var clock: any TimeSource = StoppedClock()
        /// The executor of tasks that the bus begins itself, so that it needs no thread of Swift's
        /// pool, which a plug-in may block.
        ///
        /// `nil`: Swift's pool.
        package var tasks: (any TaskExecutor)?

        package init() {}
    }

    private nonisolated let executor: any SerialExecutor
    package nonisolated let settings: Settings
    /// A random word: no other bus, and no other process, has the same.
    package nonisolated let run = String(UInt64.random(in: .min ... .max), radix: 36)
    package nonisolated let store: any MessageStore
    /// True if the store outlives the process, so that the bus hands it every message.
    package nonisolated let keepsMessages: Bool
    /// The bans and mutes.
    var restrictions = Restrictions()
    /// The checks that keep addresses from being banned, by the text that names the addresses.
    var protectedAddresses: [String: @Sendable (AddressBlock) -> Bool] = [:]
    /// Functions to call on the loop with whatever moderators do to connected clients, named or
    /// not.
    var moderationObservers: [UInt64: (ModerationEvent) -> Void] = [:]
    var kickObservers: [UInt64: (KickTarget) -> Bool] = [:]
    /// The messages of sessions and tokens, said already or waiting, by the ids that their speakers
    /// give them.
    var saidIDs = SaidIDs()
    /// Messages that were deleted since the start.
    nonisolated let deletedNumbers = DeletedNumbers()
    /// The conditions of the bridges, for other threads.
    package nonisolated let conditions = BridgeConditions()
    /// The counters of the bus.
    package nonisolated let statistics: BusStatistics
    /// The log for lines that people can cause again and again.
    let throttledLog: ThrottledLog
    /// The chain that judges every inbound message, after the chain of its bridge.
    let commonChain: Chain
    /// The rooms in the order of the file.
    package internal(set) var rooms: [Room]
    /// The rooms of a new configuration that is not in use yet: only its own bridges find them.
    package internal(set) var pendingRooms: [Room] = []
    var roomsByName: [String: Room]
    /// Functions to call on the loop when the rooms or the common chain have changed.
    var configurationObservers: [UInt64: () -> Void] = [:]
    /// Functions to call on the loop with the folded name of whoever comes or goes.
    var peopleObservers: [UInt64: (String) -> Void] = [:]
    /// The name by which a ring of instances knows this one: drawn at the start.
    nonisolated package let instanceID = String(
        (0..<12).map { _ in "abcdefghijklmnopqrstuvwxyz234567".randomElement() ?? "a" })
    private var numbers: NumberAllocator
    private var lastIdentity: UInt64 = 0
    private var lastConnectionID: UInt32 = 0
    var people: [String: Person] = [:]
    /// A count of all changes in the list of people who are here.
    var peopleChanges: UInt64 = 0
    /// Names of everybody here, and of everybody who left within the hour.
    var knownNames = KnownNames()
    /// The bridges, in the order in which they were attached.
    package private(set) var bridges: [BridgeAttachment] = []
    /// True once no bridge should bring in more.
    package internal(set) var isStopping = false
    /// True once the logs are complete: a reader that has reached the end is done.
    package internal(set) var isEnding = false
    /// Sent once, when the bus begins to stop.
    nonisolated let stopSignal = BroadcastSignal()
    /// Sent when the store may have got further, and at the end.
    nonisolated let storeSignal = BroadcastSignal()
    /// Functions to call on the loop when the store may have got further.
    var storeObservers: [UInt64: () -> Void] = [:]
    var lastObserver: UInt64 = 0
    /// The taps that look on; usually there are none.
    var taps: [MessageTap] = []
    /// The number of the newest message that the store was handed.
    private(set) var lastEnqueued: MessageNumber = 0

    /// The executor of the loop that the bus lives on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Makes a bus whose turns end with those of its executor's thread: without that, nothing that
    /// is said reaches its readers or the store.
    ///
    /// - Parameters:
    ///   - chain: the chain that judges every inbound message, after the chain of its bridge.
    ///   - executor: the executor that the bus runs on.
    ///   - atTurnEnd: is called once, with the function that ends a turn of the bus: the executor's
    ///     thread must call that function after each of its turns.
    package init(
        _ settings: Settings, chain: sending Chain, store: any MessageStore = VolatileStore(),
        executor: any SerialExecutor, atTurnEnd: (@escaping () -> Void) -> Void
    ) {
        self.settings = settings
        throttledLog = ThrottledLog(settings.log)
        commonChain = chain
        self.store = store
        keepsMessages = store.outlivesProcess
        self.executor = executor
        let owner = Confinement(executor)
        chain.owner = owner
        statistics = BusStatistics(owner: owner)
        chain.count(in: statistics)
        rooms = settings.rooms.map { Room(name: $0, owner: owner) }
        if !keepsMessages { for room in rooms { room.beginEmpty() } }
        roomsByName = Dictionary(
            rooms.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        numbers = NumberAllocator(store)
        atTurnEnd { [weak self] in self?.assumeIsolated { $0.endTurn() } }
    }

    /// Begins to observe the store and the accounts; to be called before the first message.
    package func begin() {
        observeAccounts()
        guard keepsMessages else { return }
        store.observe { [weak self] in
            self?.post { $0.storeHasMoved() }
        }
    }

    /// All rooms, also those of a new configuration that is not in use yet.
    package var allRooms: [Room] { pendingRooms.isEmpty ? rooms : rooms + pendingRooms }

    /// The confinement of the bus's rooms.
    var owner: Confinement { Confinement(executor) }

    /// Returns the room with a name.
    package func room(_ name: String) -> Room? { roomsByName[name] }

    /// Returns a number for a person who may be known by several names.
    ///
    /// Never returns the same number twice.
    package func nextIdentity() -> UInt64 {
        lastIdentity += 1
        return lastIdentity
    }

    /// Returns a number for a connection, by which it recognizes messages that it brought itself.
    ///
    /// Never 0; after 4,294,967,295 the numbers begin anew.
    package func nextConnectionID() -> UInt32 {
        lastConnectionID &+= 1
        if lastConnectionID == 0 { lastConnectionID = 1 }
        return lastConnectionID
    }

    /// Returns a number that is greater than those of all messages before, and that no message will
    /// have.
    package func nextNumber() -> MessageNumber { numbers.allocate(1) }

    /// Skips all numbers up to this one, and returns those that have been given twice by then.
    func skipNumbers(through number: MessageNumber) -> ClosedRange<MessageNumber>? {
        numbers.skip(through: number)
    }

    /// The first number that nothing has, `nil` if nothing was numbered yet.
    package var unusedNumber: MessageNumber? { numbers.unused }

    /// The first number that was given since the start, `nil` if nothing was numbered yet.
    var firstNumber: MessageNumber? { numbers.firstGiven }

    /// Returns an empty batch that arrives now.
    package func batch(room: String, capacity: Int, bytes: Int) -> Batch {
        let batch = Batch(room: room, capacity: capacity, bytes: bytes)
        batch.arena.uptime = settings.clock.monotonic().nanoseconds
        return batch
    }

    /// Sends a batch through the chains and appends the messages that pass to the room.
    ///
    /// Afterwards `batch.drops` says why the others were dropped.
    ///
    /// - Parameter isOwed: true if a source waits until the messages are kept.
    package func publish(
        _ batch: Batch, in room: Room, by attachment: BridgeAttachment, isOwed: Bool = false
    ) {
        batch.pass.isTraced = keepsMessages
        judge(batch, by: attachment)
        if store(batch, isOwed: isOwed) { room.append(batch.arena) }
    }

    /// Hands a judged batch to the store and returns whether any message in it passed.
    func store(_ batch: Batch, isOwed: Bool = false) -> Bool {
        if keepsMessages { store.enqueue(batch, isOwed: isOwed) }
        guard batch.drops.count < batch.count else { return false }
        if keepsMessages, let last = batch.arena.last { lastEnqueued = last.number }
        return true
    }

    /// Numbers a batch and sends it through the chains.
    func judge(_ batch: Batch, by attachment: BridgeAttachment) {
        let time = settings.clock.wall()
        batch.arena.uptime = settings.clock.monotonic().nanoseconds
        batch.keepsLeaves = true
        batch.arena.number(from: numbers.allocate(batch.count), time: time)
        batch.arena.alterReservedMarkers()
        if restrictions.isInUse { dropRestricted(batch) }
        if !batch.drops.isEmpty { statistics.ownDrops.record(batch.drops) }
        if !taps.isEmpty { batch.pass.isTraced = true }
        attachment.chain.judge(batch)
        if !attachment.isFleet { commonChain.judge(batch) }
        if !taps.isEmpty { recordForTaps(batch, by: attachment) }
        for failure in batch.failures {
            throttledLog.error(
                cause: failure.step, "a middleware failed: \(failure.error)",
                times: failure.count, bridge: attachment.name)
        }
        attachment.received += UInt64(batch.count)
        attachment.dropped += UInt64(batch.drops.count)
        attachment.passed += UInt64(batch.count - batch.drops.count)
        statistics.record(batch, of: attachment.statistics)
    }

    /// Lets the readers of every room with something new continue.
    ///
    /// Called at the end of each turn of the loop, as registered by `init`; a bridge may call it
    /// earlier, so that its readers go on.
    package func endTurn() {
        for room in rooms where room.isDirty { room.flush() }
        for room in pendingRooms where room.isDirty { room.flush() }
        if keepsMessages { store.endTurn() }
    }

    /// The executor for tasks on the loop that nobody waits for and that must not block.
    package nonisolated var tasks: (any TaskExecutor)? { settings.tasks }

    /// Runs a function on the loop, soon.
    package nonisolated func post(_ body: @escaping @Sendable (isolated Bus) -> Void) {
        Task(executorPreference: tasks) { await self.perform(body) }
    }

    /// Runs a function on the loop and returns its result.
    package func perform<Value: Sendable>(
        _ body: @Sendable (isolated Bus) throws -> Value
    ) rethrows -> Value {
        try body(self)
    }

    /// Attaches a bridge, before it runs.
    ///
    /// - Parameter earlier: a bridge that has ended, in whose place the new one goes on.
    package func attach(
        _ attachment: BridgeAttachment, inPlaceOf earlier: BridgeAttachment? = nil
    ) {
        attachment.chain.owner = Confinement(executor)
        attachment.chain.count(in: statistics)
        attachment.statistics = statistics.bridge(named: attachment.name)
        attachment.outgoing.owner = Confinement(executor)
        if let earlier { attachment.inherit(from: earlier) }
        bridges.append(attachment)
        conditions.add(attachment.condition, named: attachment.name)
        if isStopping { attachment.stopSignal.send() }
    }

    /// Puts the bridges into the order of names, in which they are reported.
    package func orderBridges(as names: [String]) {
        let places = Dictionary(zip(names, 0...)) { first, _ in first }
        bridges.sort { places[$0.name] ?? .max < places[$1.name] ?? .max }
    }

    /// Removes a bridge that has ended; nothing comes in by it any more.
    package func detach(_ attachment: BridgeAttachment) {
        attachment.isDetached = true
        bridges.removeAll { $0 === attachment }
        // Counters go on where another bridge takes its place.
        if attachment.ending != .replaced { endStatistics(of: attachment) }
    }
}
