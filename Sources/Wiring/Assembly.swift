import Accounts
import Glibc
import MessageBus
import Sockets
import StatusServer
import Store
import TimeUnits

/// The parts of a daemon, made from bridge.json but not started; `puente check` goes this far.
package struct Assembly: Sendable {
    package let configuration: Configuration
    /// The time, for everything that is not on the loop.
    let clock: any TimeSource = SystemClock()
    let loop: EventLoop
    let log: Log
    let logThreshold: LogThreshold
    let bus: Bus
    let bridges: [SupervisedBridge]
    /// The bridges before they were attached, in the same order.
    let made: [EntryMaker.MadeBridge]
    /// The place that the configuration is read from anew; `nil` if it is not.
    let source: ConfigurationSource?
    private let context: Context
    private let fold: @Sendable (String) -> String
    let files: LogFiles
    /// The store; `nil` if nothing outlives the process.
    let store: SQLiteStore?
    /// The accounts, bans and mutes.
    let accounts: AccountService
    /// The monitor of the daemon while it runs.
    let monitor: StatusMonitor
    /// The server of the status page.
    let status: StatusService
    /// Path of the control socket; `nil` if there is none.
    let controlPath: String?

    /// Makes chains and bridges.
    ///
    /// - Parameters:
    ///   - source: the place that the configuration is read from anew when that is asked for.
    ///   - namePolicy: compares names and makes them harmless.
    ///   - sink: takes the entries of the daemon's log from the configured level on.
    /// - Throws: `ConfigurationReport` with the complaints of the factories; `SocketError`.
    package init(
        _ configuration: Configuration, source: ConfigurationSource? = nil, namePolicy: NamePolicy,
        sink: @escaping @Sendable (Log.Entry) -> Void
    ) throws {
        let clock = clock
        let loop = try EventLoop(clock: clock)
        let errors = RecentErrors()
        logThreshold = LogThreshold(configuration.log.level)
        let log = Log(from: logThreshold, times: .init(of: loop, clock)) { entry in
            errors.record(entry, at: clock.wall())
            sink(entry)
        }
        let files = LogFiles(log: log)
        var context = Self.context(of: configuration, log, loop, files)
        store = Self.store(of: configuration, context, clock, fold: namePolicy.fold)
        let accounts = try Self.accounts(
            of: configuration, context, clock, beside: store, on: loop, fold: namePolicy.fold)
        context.accounts = accounts
        var maker = EntryMaker(context: context, fold: namePolicy.fold)
        let chain = Chain(maker.steps(configuration.middleware))
        made = configuration.bridges.compactMap { maker.bridge($0) }
        if !maker.problems.isEmpty {
            throw ConfigurationReport(file: configuration.file, problems: maker.problems)
        }
        self.configuration = configuration
        self.loop = loop
        self.log = log
        self.files = files
        self.source = source
        self.context = context
        fold = namePolicy.fold
        bridges = made.map {
            SupervisedBridge(
                $0.bridge, attachment: $0.makeAttachment(), isOptional: $0.entry.isOptional)
        }
        self.accounts = accounts
        controlPath = configuration.control.map { context.path($0) }
        let settings = Self.settings(of: configuration, namePolicy, accounts, log, loop)
        bus = Bus(
            settings, chain: chain, store: store ?? VolatileStore(), executor: loop,
            atTurnEnd: { loop.atTurnEnd($0) })
        let now = clock.wall()
        monitor = StatusMonitor(
            bus, on: loop, clock: clock, startedAt: now,
            reload: ReloadOutcome(startedAt: now), errors: errors)
        status = StatusService(
            monitor, from: loop.listeningSockets, configuration.language, log: log)
    }

    /// Makes everything that a new configuration asks for, without I/O.
    ///
    /// - Parameter files: takes the files that middlewares append to.
    /// - Throws: `ConfigurationReport` with the complaints of the factories.
    func make(
        _ configuration: Configuration, files: LogFiles.Stage
    ) throws(ConfigurationReport) -> MadeConfiguration {
        var maker = EntryMaker(
            context: context.with(files: { files.sink(for: $0) }), fold: fold)
        let made = MadeConfiguration(
            configuration: configuration, middleware: maker.steps(configuration.middleware),
            bridges: configuration.bridges.compactMap { maker.bridge($0) })
        if maker.problems.isEmpty { return made }
        throw ConfigurationReport(file: configuration.file, problems: maker.problems)
    }

    /// Returns the names of a configuration's bridges in a form that makes them comparable.
    func bridgeKeys(of configuration: Configuration) -> Set<String> {
        Set(configuration.bridgeNames.map(fold))
    }

    /// Makes the context of everything that a configuration names, without accounts.
    private static func context(
        of configuration: Configuration, _ log: Log, _ loop: EventLoop, _ files: LogFiles
    ) -> Context {
        var context = Context(
            name: configuration.name, language: configuration.language, log: log, executor: loop,
            directory: configuration.directory, files: { files.sink(for: $0) })
        // SQLite keeps more files beside the store.
        let stored =
            configuration.store.map { context.path($0.path) }
            .map { path in ["", "-wal", "-shm", "-journal"].map { path + $0 } } ?? []
        context.hasStore = configuration.store != nil
        context.rooms = configuration.rooms
        if let path = configuration.store.map({ context.path($0.path) }) {
            context.storeID = { try? Archive(path).storeID() }
        }
        context.ownFiles = { files.paths + stored }
        return context
    }

    /// Makes the settings of the bus.
    private static func settings(
        of configuration: Configuration, _ namePolicy: NamePolicy, _ accounts: AccountService,
        _ log: Log, _ loop: EventLoop
    ) -> Bus.Settings {
        var settings = Bus.Settings()
        settings.name = configuration.name
        settings.language = configuration.language
        settings.rooms = configuration.rooms
        settings.namePolicy = namePolicy
        settings.accounts = accounts
        settings.log = log
        settings.clock = TurnClock(loop)
        settings.tasks = LoopExecutor(loop)
        return settings
    }

    /// Makes the store that a configuration asks for, not open yet.
    private static func store(
        of configuration: Configuration, _ context: Context, _ clock: any TimeSource,
        fold: @escaping @Sendable (String) -> String
    ) -> SQLiteStore? {
        configuration.store.map { chosen in
            var options = SQLiteStore.Options(
                backlog: chosen.backlog.bytes, history: chosen.history)
            // Including those that are off for now: they will continue where they stopped.
            options.bridges = Set(configuration.bridgeNames)
            return SQLiteStore(
                context.path(chosen.path), options, fold: fold,
                clock: clock, log: context.log, startThread: DedicatedThread.start)
        }
    }

    /// Makes the accounts that a configuration asks for, not read yet.
    private static func accounts(
        of configuration: Configuration, _ context: Context, _ clock: any TimeSource,
        beside messages: SQLiteStore?, on loop: EventLoop, fold: @Sendable (String) -> String
    ) throws -> AccountService {
        var settings = AccountSettings()
        settings.policy.isLoginRequired = configuration.accounts == .required
        settings.policy.isRegistrationOpen = configuration.isRegistrationOpen
        settings.history = configuration.store?.history
        settings.outlivesProcess = configuration.store != nil
        settings.bridgeKeys = Set(configuration.bridgeNames.map(fold))
        var environment = AccountEnvironment(
            post: { loop.perform($0) }, startThread: DedicatedThread.start,
            assertOwned: { loop.assertOwned() }, clock: clock)
        environment.log = context.log
        environment.hashers = AccountEnvironment.hashersOfMachine
        let store = messages.map {
            SQLiteAccountStore(besideStoreAt: $0.path, beginLock: $0.beginLock)
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
    /// A clock, and the timers of a loop.
    fileprivate init(of loop: EventLoop, _ clock: any TimeSource) {
        self.init(
            clock: clock,
            later: { delay, action in
                loop.perform { loop.set(LoopTimer(action), after: delay) }
            })
    }
}
