/// All the rooms, and the way of a message through them.
///
/// An actor on the executor it is given: with an event loop for that, what the loop calls enters it
/// without waiting (`assumeIsolated`), and everybody else says `await`.
public actor Bus {
    /// What the bus is given to stand on.
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
        /// Monotonic nanoseconds, as of the present turn.
        package var uptime: @Sendable () -> Int64 = { 0 }
        /// Milliseconds since 1970, as of the present turn.
        package var time: @Sendable () -> Int64 = { 0 }
        /// Runs what the bus begins by itself on its loop, so that it needs no thread of Swift's
        /// pool, which a plug-in may hold.
        ///
        /// `nil`: that pool.
        package var tasks: (any TaskExecutor)?

        package init() {}
    }

    private nonisolated let executor: any SerialExecutor
    package nonisolated let settings: Settings
    package nonisolated let store: any MessageStore
    /// Whether the store outlives the process, so that it is handed everything.
    package nonisolated let keepsMessages: Bool
    /// Who may not speak.
    var restrictions = Restrictions()
    /// Rules by which addresses can't be banned.
    var protectedAddresses: [@Sendable (AddressBlock) -> Bool] = []
    /// Called on the loop with what moderators do to whoever is connected, named or not.
    var moderationObservers: [UInt64: (ModerationEvent) -> Void] = [:]
    /// Messages that were deleted since the start.
    nonisolated let deletedNumbers = DeletedNumbers()
    /// What people can make the bus say again and again.
    let repeats: ThrottledLog
    private let chain: Chain
    /// What judges every inbound message, after its bridge's own.
    var common: Chain { chain }
    /// The rooms by place in the file.
    package let rooms: [Room]
    private let roomsByName: [String: Room]
    private var numbers: NumberAllocator
    private var lastIdentity: UInt64 = 0
    private var lastSource: UInt32 = 0
    var people: [String: Person] = [:]
    /// Names that somebody has, or had until a while ago.
    var known = KnownNames()
    private var attachments: [BridgeAttachment] = []
    /// Whether no more is taken in.
    package internal(set) var isStopping = false
    /// Whether the logs are complete: who has read to the end is done.
    package internal(set) var isEnding = false
    var stopWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var endHandlers: [() -> Void] = []
    var lastWaiter: UInt64 = 0
    /// Who waits until the store has got further.
    var storeWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// How often the store has got further.
    var storeMoves: UInt64 = 0
    /// Called on the loop when the store has got further.
    var storeObservers: [UInt64: () -> Void] = [:]
    /// The number of the newest message the store was handed.
    private(set) var lastTaken: UInt64 = 0

    /// The loop the bus lives on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Makes a bus.
    ///
    /// - Parameters:
    ///   - chain: judges every inbound message, after its bridge's own.
    ///   - executor: where the bus runs; its thread must call `endTurn()` after each turn.
    package init(
        _ settings: Settings, chain: sending Chain, store: any MessageStore = VolatileStore(),
        executor: any SerialExecutor
    ) {
        self.settings = settings
        repeats = ThrottledLog(settings.log)
        self.chain = chain
        self.store = store
        keepsMessages = store.outlivesProcess
        self.executor = executor
        rooms = settings.rooms.map { Room(name: $0) }
        roomsByName = Dictionary(
            rooms.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        numbers = NumberAllocator(store)
    }

    /// Has the store tell how far it is, and the accounts what changes, before the first message.
    package func begin() {
        observeAccounts()
        guard keepsMessages else { return }
        store.observe { [weak self] in
            self?.post { $0.storeHasMoved() }
        }
    }

    /// The room of that name.
    package func room(_ name: String) -> Room? { roomsByName[name] }

    /// A number for somebody who may be known by several names.
    ///
    /// Never given twice.
    package func nextIdentity() -> UInt64 {
        lastIdentity += 1
        return lastIdentity
    }

    /// A number for a connection, to tell what it brought itself.
    ///
    /// Not 0; after 4,294,967,295 they begin anew.
    package func nextConnectionID() -> UInt32 {
        lastSource &+= 1
        if lastSource == 0 { lastSource = 1 }
        return lastSource
    }

    /// A number that is greater than those of all messages before, and that none will have.
    package func nextNumber() -> UInt64 { numbers.take(1) }

    /// The first number that nothing has, `nil` if there was nothing to be numbered.
    package var unusedNumber: UInt64? { numbers.unused }

    /// An empty batch, as of now.
    package func batch(room: String, capacity: Int, bytes: Int) -> Batch {
        let batch = Batch(room: room, capacity: capacity, bytes: bytes)
        batch.arena.uptime = settings.uptime()
        return batch
    }

    /// Sends a batch through the chains and appends what passes to the room.
    ///
    /// Why the others were dropped stands in the batch afterwards.
    ///
    /// - Parameter isOwed: whether a source waits until the messages are kept.
    package func publish(
        _ batch: Batch, in room: Room, by attachment: BridgeAttachment, isOwed: Bool = false
    ) {
        batch.pass.isTraced = keepsMessages
        judge(batch, by: attachment)
        if store(batch, isOwed: isOwed) { room.append(batch.arena) }
    }

    /// Hands a judged batch to the store, and says whether anything in it passed.
    func store(_ batch: Batch, isOwed: Bool = false) -> Bool {
        if keepsMessages { store.take(batch, isOwed: isOwed) }
        guard batch.drops.count < batch.count else { return false }
        if keepsMessages, let last = batch.arena.all.last { lastTaken = last.number }
        return true
    }

    /// Numbers a batch and sends it through the chains.
    func judge(_ batch: Batch, by attachment: BridgeAttachment) {
        let time = settings.time()
        batch.arena.uptime = settings.uptime()
        batch.keepsLeaves = true
        batch.arena.number(from: numbers.take(batch.count), time: time)
        batch.arena.alterReservedMarkers()
        if restrictions.isInUse { dropRestricted(batch) }
        attachment.chain.judge(batch)
        chain.judge(batch)
        for failure in batch.failures {
            repeats.error(
                cause: failure.step, "a middleware failed: \(failure.error)",
                times: failure.count, bridge: attachment.name)
        }
        attachment.taken += UInt64(batch.count)
        attachment.dropped += UInt64(batch.drops.count)
        attachment.passed += UInt64(batch.count - batch.drops.count)
    }

    /// Lets every reader of what was said go on.
    ///
    /// The loop calls it at the end of each turn.
    package func endTurn() {
        for room in rooms where room.isDirty { room.flush() }
        if keepsMessages { store.endTurn() }
    }

    /// Runs tasks that nobody waits for, and that must not block, on the loop.
    package nonisolated var tasks: (any TaskExecutor)? { settings.tasks }

    /// Runs a function on the loop, soon.
    package nonisolated func post(_ body: @escaping @Sendable (isolated Bus) -> Void) {
        Task(executorPreference: tasks) { await self.perform(body) }
    }

    /// Runs a function on the loop.
    package func perform<Value: Sendable>(
        _ body: @Sendable (isolated Bus) throws -> Value
    ) rethrows -> Value {
        try body(self)
    }

    /// Makes a bridge known.
    ///
    /// Before it runs.
    package func add(_ attachment: BridgeAttachment) { attachments.append(attachment) }

    /// The bridges.
    package var bridges: [BridgeAttachment] { attachments }
}
