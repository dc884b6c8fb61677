import Accounts
import Glibc
import MessageBus
import Sockets
import Store

/// The parts of a daemon, made from bridge.json but not started; `puente check` goes this far.
package struct Assembly: Sendable {
    package let configuration: Configuration
    let loop: EventLoop
    let log: Log
    let bus: Bus
    let bridges: [SupervisedBridge]
    let files: LogFiles
    /// The store; `nil` if nothing outlives the process.
    let store: SQLiteStore?
    /// The accounts, bans and mutes.
    let accounts: AccountService
    /// Path of the control socket; `nil` if there is none.
    let controlPath: String?

    /// Makes chains and bridges.
    ///
    /// - Parameters:
    ///   - namePolicy: compares names and makes them harmless.
    ///   - sink: takes the entries of the daemon's log from the configured level on.
    /// - Throws: `ConfigurationReport` with the complaints of the factories; `SocketError`.
    package init(
        _ configuration: Configuration, namePolicy: NamePolicy,
        sink: @escaping @Sendable (Log.Entry) -> Void
    ) throws {
        let loop = try EventLoop()
        let log = Log(from: configuration.log.level, times: .init(of: loop), sink: sink)
        let files = LogFiles(log: log)
        var context = Context(
            name: configuration.name, language: configuration.language, log: log, executor: loop,
            directory: configuration.directory, files: { files.sink(for: $0) })
        // SQLite keeps more files beside the store.
        let stored =
            configuration.store.map { context.path($0.path) }
            .map { path in ["", "-wal", "-shm", "-journal"].map { path + $0 } } ?? []
        context.ownFiles = { files.paths + stored }
        let accounts = try Self.accounts(
            of: configuration, context, on: loop, fold: namePolicy.fold)
        context.accounts = accounts
        var maker = EntryMaker(context: context, fold: namePolicy.fold)
        let chain = maker.chain(configuration.middleware)
        let bridges = configuration.bridges.compactMap { maker.bridge($0) }
        if !maker.problems.isEmpty {
            throw ConfigurationReport(file: configuration.file, problems: maker.problems)
        }
        var settings = Bus.Settings()
        settings.name = configuration.name
        settings.language = configuration.language
        settings.rooms = configuration.rooms
        settings.namePolicy = namePolicy
        settings.accounts = accounts
        settings.log = log
        settings.uptime = { loop.now }
        settings.time = { loop.wallTime }
        settings.tasks = LoopExecutor(loop)
        self.configuration = configuration
        self.loop = loop
        self.log = log
        self.files = files
        self.bridges = bridges
        self.accounts = accounts
        controlPath = configuration.control.map { context.path($0) }
        store = Self.store(of: configuration, context, fold: namePolicy.fold)
        bus = Bus(
            settings, chain: chain, store: store ?? VolatileStore(), executor: loop,
            atTurnEnd: { loop.atTurnEnd($0) })
    }

    /// Makes the store that a configuration asks for, not open yet.
    private static func store(
        of configuration: Configuration, _ context: Context,
        fold: @escaping @Sendable (String) -> String
    ) -> SQLiteStore? {
        configuration.store.map { chosen in
            var options = SQLiteStore.Options(
                backlog: chosen.backlog.bytes, history: chosen.history)
            // Including those that are off for now: they will continue where they stopped.
            options.bridges = Set(
                configuration.bridges.map(\.name) + configuration.leftOut.map(\.name))
            let clock = SystemClock()
            return SQLiteStore(
                context.path(chosen.path), options, fold: fold,
                clock: StoreClock(wall: clock.wall, monotonic: clock.monotonic), log: context.log,
                startThread: DedicatedThread.start)
        }
    }

    /// Makes the accounts that a configuration asks for, not read yet.
    private static func accounts(
        of configuration: Configuration, _ context: Context, on loop: EventLoop,
        fold: @Sendable (String) -> String
    ) throws -> AccountService {
        var settings = AccountSettings()
        settings.policy.isLoginRequired = configuration.accounts == .required
        settings.policy.isRegistrationOpen = configuration.isRegistrationOpen
        settings.history = configuration.store.map { Int64($0.history / .milliseconds(1)) }
        settings.outlivesProcess = configuration.store != nil
        settings.bridgeKeys = Set(
            (configuration.bridges.map(\.name) + configuration.leftOut.map(\.name)).map(fold))
        let clock = SystemClock()
        let (wall, monotonic) = (clock.wall(), clock.monotonic())
        var environment = AccountEnvironment(
            post: { loop.perform($0) }, startThread: DedicatedThread.start, wall: clock.wall,
            // Somebody who sets the clock must neither end nor prolong anybody's waiting.
            steady: { wall + (clock.monotonic() - monotonic) / 1_000_000 })
        environment.log = context.log
        environment.hashers = AccountEnvironment.hashersOfMachine
        let store = configuration.store.map {
            SQLiteAccountStore(besideStoreAt: context.path($0.path))
        }
        return AccountService(
            try store ?? SQLiteAccountStore(), settings, hashing: .argon2id,
            environment: environment)
    }
}

extension AccountEnvironment {
    /// The number of passwords hashed at once: one on two cores, so that the other is free.
    static var hashersOfMachine: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2) }
}

extension Log.Times {
    /// The system's clock, and the timers of a loop.
    fileprivate init(of loop: EventLoop) {
        self.init(
            now: SystemClock().monotonic,
            later: { delay, action in
                loop.perform { loop.set(LoopTimer(action), after: delay) }
            })
    }
}

/// Makes the entries of a configuration, and collects the problems of those that can't be made.
private struct EntryMaker {
    let context: Context
    let fold: @Sendable (String) -> String
    var problems = Problems()

    mutating func chain(_ entries: [MiddlewareEntry]) -> sending Chain {
        let steps = entries.compactMap { step($0) }
        return Chain(steps)
    }

    private mutating func step(_ entry: MiddlewareEntry) -> Chain.Step? {
        guard let middleware = entry.make(context, into: &problems) else { return nil }
        var another: (@Sendable () throws -> any Middleware)?
        if !(middleware is any CopyableMiddleware) {
            another = { [context, maker = entry.maker] in try maker(context) }
        }
        return Chain.Step(
            label: "\(entry.location.path) \(entry.type)",
            condition: entry.condition, middleware: middleware, fold: fold,
            make: another)
    }

    mutating func bridge(_ entry: BridgeEntry) -> SupervisedBridge? {
        let attachment = BridgeAttachment(
            name: entry.name, room: entry.room, direction: entry.direction,
            senderFormat: entry.senderFormat, chain: chain(entry.middleware),
            outgoing: chain(entry.outgoing))
        return entry.make(context.named(entry.name), into: &problems).map {
            SupervisedBridge($0, attachment: attachment, isOptional: entry.isOptional)
        }
    }
}
