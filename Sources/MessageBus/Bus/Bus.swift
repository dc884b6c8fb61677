/// The bus: all rooms, all bridges, and the path of a message between them.
///
/// An actor on the executor that it is given. If that is an event loop, code that the loop calls
/// enters the bus without waiting (`assumeIsolated`); all other code says `await`.
public actor Bus {
    /// The name, rooms, clocks, log and rules that a bus is made with.
    package struct Settings: Sendable {
        /// The instance's name, for loop prevention.
        package var name = "puente"
        package var language = Language.es
        /// Names of the rooms, the default one first.
        package var rooms = ["general"]
        package var namePolicy = NamePolicy()
        /// The accounts, bans and mutes.
        package var accounts: any AccountDirectory = NoAccounts()
        package var log = Log.silent
        /// Returns monotonic nanoseconds, as of the present turn.
        package var uptime: @Sendable () -> Int64 = { 0 }
        /// Returns milliseconds since 1970, as of the present turn.
        package var time: @Sendable () -> Int64 = { 0 }
        /// The executor of tasks that the bus begins itself, so that it needs no thread of Swift's
        /// pool, which a plug-in may block.
        ///
        /// `nil`: Swift's pool.
        package var tasks: (any TaskExecutor)?

        package init() {}
    }

    private nonisolated let executor: any SerialExecutor
    package nonisolated let settings: Settings
    package nonisolated let store: any MessageStore
    /// True if the store outlives the process, so that the bus hands it every message.
    package nonisolated let keepsMessages: Bool
    /// The bans and mutes.
    var restrictions = Restrictions()
    /// Rules by which addresses can't be banned.
    var protectedAddresses: [String: @Sendable (AddressBlock) -> Bool] = [:]
    /// Called on the loop with what moderators do to whoever is connected, named or not.
    var moderationObservers: [UInt64: (ModerationEvent) -> Void] = [:]
    /// What sessions and tokens have said and want to say, by their own names for it.
    var saidIDs = SaidIDs()
    /// Messages that were deleted since the start.
    nonisolated let deletedNumbers = DeletedNumbers()
    /// The log for lines that people can cause again and again.
    let throttledLog: ThrottledLog
    /// The chain that judges every inbound message, after the chain of its bridge.
    let commonChain: Chain
    /// The rooms in the order of the file.
    package let rooms: [Room]
    private let roomsByName: [String: Room]
    private var numbers: NumberAllocator
    private var lastIdentity: UInt64 = 0
    private var lastConnectionID: UInt32 = 0
    var people: [String: Person] = [:]
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
    var endHandlers: [() -> Void] = []
    /// Sent when the store may have got further, and at the end.
    nonisolated let storeSignal = BroadcastSignal()
    /// Functions to call on the loop when the store may have got further.
    var storeObservers: [UInt64: () -> Void] = [:]
    var lastObserver: UInt64 = 0
    /// The number of the newest message that the store was handed.
    private(set) var lastEnqueued: MessageNumber = 0

    /// The executor of the loop that the bus lives on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Makes a bus, which ends the turns of its executor's thread: without that, nothing that is
    /// said reaches its readers or the store.
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

    /// The first number that nothing has, `nil` if nothing was numbered yet.
    package var unusedNumber: MessageNumber? { numbers.unused }

    /// Returns an empty batch that arrives now.
    package func batch(room: String, capacity: Int, bytes: Int) -> Batch {
        let batch = Batch(room: room, capacity: capacity, bytes: bytes)
        batch.arena.uptime = settings.uptime()
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
        if keepsMessages, let last = batch.arena.all.last { lastEnqueued = last.number }
        return true
    }

    /// Numbers a batch and sends it through the chains.
    func judge(_ batch: Batch, by attachment: BridgeAttachment) {
        let time = settings.time()
        batch.arena.uptime = settings.uptime()
        batch.keepsLeaves = true
        batch.arena.number(from: numbers.allocate(batch.count), time: time)
        batch.arena.alterReservedMarkers()
        if restrictions.isInUse { dropRestricted(batch) }
        attachment.chain.judge(batch)
        commonChain.judge(batch)
        for failure in batch.failures {
            throttledLog.error(
                cause: failure.step, "a middleware failed: \(failure.error)",
                times: failure.count, bridge: attachment.name)
        }
        attachment.received += UInt64(batch.count)
        attachment.dropped += UInt64(batch.drops.count)
        attachment.passed += UInt64(batch.count - batch.drops.count)
    }

    /// Lets every reader of a room with something new continue.
    ///
    /// Called at the end of each turn of the loop, as registered by `init`; a bridge may call it
    /// earlier, so that its readers go on.
    package func endTurn() {
        for room in rooms where room.isDirty { room.flush() }
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
    package func attach(_ attachment: BridgeAttachment) {
        attachment.chain.owner = Confinement(executor)
        attachment.outgoing.owner = Confinement(executor)
        bridges.append(attachment)
    }
}
