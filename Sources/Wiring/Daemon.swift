import Accounts
import Glibc
import Locking
import MessageBus
import Sockets
import StatusServer
import Store

/// The daemon: runs the bridges of bridge.json until it is told to stop.
///
/// It needs no thread of Swift's pool: its own tasks run on the caller's loop, each bridge on
/// threads of its own, and signals arrive on another loop. So a plug-in that blocks delays neither
/// other bridges nor the shutdown.
package struct Daemon: Sendable {
    /// The end of a run.
    package typealias End = Supervisor.End

    let assembly: Assembly
    private let loop: EventLoop
    private let onOverdue: @Sendable (Supervisor.Outcome) -> Void
    private let reopenLog: @Sendable () -> Void
    private let useLog: @Sendable (LogOptions) -> Void
    private let gate: ReloadGate
    private let roster = BridgeRoster()
    /// The connection to the service manager.
    let service: ServiceReporter
    /// The sockets that the service manager has opened.
    let inherited: [ServiceEnvironment.Descriptor]
    private let stopsOnHangUp: Bool

    /// Time for closing after the bridges: the store takes five seconds at most, log files two.
    private static let endingTime = Duration.seconds(8)

    /// Makes a daemon.
    ///
    /// - Parameters:
    ///   - loop: the loop that `run` is called on; must not be the bus's.
    ///   - environment: what a service manager asks of the process.
    ///   - reopenLog: called when the daemon's own log is to be reopened, if it is a file.
    ///   - useLog: called with the options of the log after a reload.
    ///   - onOverdue: called when something keeps the daemon from ending in time.
    package init(
        _ assembly: Assembly, on loop: EventLoop,
        environment: ServiceEnvironment = ServiceEnvironment(),
        reopenLog: @escaping @Sendable () -> Void = {},
        useLog: @escaping @Sendable (LogOptions) -> Void = { _ in },
        onOverdue: @escaping @Sendable (Supervisor.Outcome) -> Void
    ) {
        self.assembly = assembly
        self.loop = loop
        self.reopenLog = reopenLog
        self.useLog = useLog
        gate = ReloadGate(executor: LoopExecutor(loop))
        // Asked now, because after SIGHUP the terminal is gone.
        stopsOnHangUp = Signals.hasTerminal
        self.onOverdue = onOverdue
        inherited = environment.descriptors
        service = Self.reporter(to: environment, of: assembly)
    }

    /// Signals that the daemon handles; they must be blocked before any thread is started.
    ///
    /// SIGHUP is left out if it is ignored, as with `nohup`. With a terminal it stops the daemon;
    /// without one it has it read its configuration anew. SIGUSR1 reopens the logs after a
    /// rotation.
    package static let signals =
        [SIGTERM, SIGINT] + [SIGHUP, SIGUSR1].filter { !Signals.isIgnored($0) }

    /// Runs until it is told to stop.
    ///
    /// - Throws: a sentence if it could not start.
    package func run() async throws -> End {
        // A bridge may start two threads besides its own; then the log, signals, the bus, the
        // status page, three of the store, one of the accounts and those that check passwords.
        try ResourceLimits.checkMemory(
            forThreads: 8 + AccountEnvironment.hashersOfMachine + 3 * assembly.bridges.count,
            and: assembly.configuration.store?.backlog.bytes ?? 0)
        let stopRequests = StopRequests(whileStarting: { [log = assembly.log, onOverdue, service] in
            log.info("stopped while starting")
            service.beginStopping()
            onOverdue(.stopped)
        })
        // On a loop of their own, so that neither a hanging file system nor a middleware or bridge
        // that blocks keeps the daemon from being stopped.
        let signalLoop = try EventLoop()
        let signals = try Signals(Self.signals, on: signalLoop) { signal in
            switch signal {
            case SIGUSR1: reopenFiles()
            case SIGHUP where !stopsOnHangUp: reloadOrReopenFiles()
            default: stopRequests.request()
            }
        }
        try signalLoop.start(named: "signals")
        defer {
            withExtendedLifetime(signals) { signalLoop.stop() }
            assembly.loop.stop()
        }
        adoptSockets()
        try assembly.files.open()
        // Opening may take minutes after an update or a crash, and so may reading what was said.
        let opening = service.extendTimeout(on: signalLoop)
        try assembly.store?.open()
        // Under the store's lock, so that no other daemon with that store is there.
        let control = try await openControl(on: signalLoop)
        do {
            var end = try await runBridges(stopRequests, opening)
            gate.close()
            // Before the store is closed, for a daemon that waits for its lock.
            await control?.end()
            let closing = service.extendTimeout(on: signalLoop)
            end.lost = await close(after: end.outcome)
            closing?.end()
            return end
        } catch {
            gate.close()
            await control?.end()
            throw error
        }
    }

    private func reloadOrReopenFiles() {
        if assembly.source == nil { reopenFiles() } else { gate.signal() }
    }

    /// Runs the bridges until a stop is requested, with the store open.
    ///
    /// - Parameter opening: the request for more time, which ends when the bridges start.
    private func runBridges(
        _ stopRequests: StopRequests, _ opening: TimeoutExtension?
    ) async throws -> End {
        let bus = assembly.bus
        assembly.accounts.open()
        try assembly.accounts.checkNames()
        AccountRefresh.start(assembly.accounts, on: assembly.loop)
        MemoryTrimmer.start(on: assembly.loop)
        service.startWatchdog(on: assembly.loop)
        assembly.monitor.start()
        try assembly.loop.start(named: "bus")
        let bridges = try zip(assembly.made, assembly.bridges).map { made, bridge in
            let pool = ThreadPool(named: bridge.attachment.name)
            try pool.start()
            return RunningBridge(entry: made.entry, supervised: bridge.on(pool), pool: pool)
        }
        for bridge in bridges { await bus.attach(bridge.attachment) }
        logStart()
        let status = assembly.status
        status.use(try await status.open(for: assembly.configuration))
        defer { status.close() }
        await recallMessages()
        opening?.end()
        service.begin(with: bridges.map(\.supervised))
        defer { service.beginStopping() }
        let supervisor = supervisor(stopRequests)
        openGate(supervisor, bridges)
        return await supervisor.run(bridges.map(\.supervised), stop: stopRequests.stream())
    }

    /// Opens the control socket, if there is to be one, on a loop other than the bus's.
    private func openControl(on loop: EventLoop) async throws -> ControlServer? {
        guard let path = assembly.controlPath else { return nil }
        let address: ControlAddress
        do {
            address = try ControlAddress(path)
        } catch let error as ControlError {
            assembly.log.warning("\(error); there is none")
            return nil
        }
        let (log, commands) = (assembly.log, controlCommands(on: loop))
        return try await Task(executorPreference: LoopExecutor(loop)) {
            try ControlServer(at: address, on: loop, commands: commands, log: log)
        }.value
    }

    private func controlCommands(on loop: EventLoop) -> [any ControlCommand] {
        var commands: [any ControlCommand] = [
            VersionControlCommand(), StatusControlCommand(assembly.monitor, on: loop),
            TapControlCommand(bus: assembly.bus),
        ]
        if assembly.source != nil { commands.append(ReloadControlCommand(gate)) }
        return commands
    }

    /// Lets the configuration be read anew, as soon as the bridges of the start are ready.
    private func openGate(_ supervisor: Supervisor, _ bridges: [RunningBridge]) {
        guard let source = assembly.source else { return }
        let reloader = Reloader(
            source, assembly, on: loop, supervisor: supervisor, roster: roster, running: bridges,
            observer: reloadObserver)
        gate.open(reloader)
        Task(executorPreference: LoopExecutor(loop)) { await reloader.begin() }
    }

    /// The observer that makes the daemon take part in reloads, beside the bus.
    private var reloadObserver: ReloadObserver {
        let outcome = assembly.monitor.reload
        let clock = assembly.clock
        let recordSuccess: @Sendable () -> Void = { outcome.recordSuccess(at: clock.wall()) }
        var observer = ReloadObserver()
        observer.begin = { [service] in service.beginReload() }
        observer.end = { [service] result in
            service.endReload(refusal: result.refusal)
            if let refusal = result.refusal {
                outcome.recordFailure(refusal)
            } else {
                recordSuccess()
            }
        }
        observer.isCurrent = { [service] in
            service.setRefusal(nil)
            outcome.clearFailure()
        }
        observer.use = { [useLog, reopenLog] configuration in
            useLog(configuration.log)
            reopenLog()
        }
        return observer
    }

    private func supervisor(_ stopRequests: StopRequests) -> Supervisor {
        let clock = LoopSleep(loop)
        return Supervisor(
            bus: assembly.bus, log: assembly.log, clock: assembly.clock,
            sleep: { try await clock.sleep(for: $0) }, executor: LoopExecutor(loop), roster: roster,
            states: service.bridges,
            onStopping: { [service] in service.beginStopping() },
            requestShutdown: { stopRequests.request() },
            onOverdue: onOverdue)
    }

    /// Ends the bus and closes store and log files; returns how many messages are lost.
    ///
    /// The store has as long as it needs for what waits, if only it goes on: `endingTime` is for
    /// what stands still.
    private func close(after outcome: Supervisor.Outcome) async -> Int {
        let clock = LoopSleep(loop)
        let steps = Locked(0)
        let overdue = Task(executorPreference: LoopExecutor(loop)) { [onOverdue] in
            var seen = -1
            while seen != steps.withLock({ $0 }) {
                seen = steps.withLock { $0 }
                do { try await clock.sleep(for: Self.endingTime) } catch { return }
            }
            onOverdue(outcome)
        }
        defer { overdue.cancel() }
        await assembly.bus.end()
        // Before the store, because the last connection to close removes the files beside it.
        assembly.accounts.close()
        let lost = await assembly.store?.close(
            unused: await assembly.bus.unusedNumber, within: .seconds(5)
        ) {
            try await clock.sleep(for: $0)
        } onProgress: { [log = assembly.log] waiting in
            steps.withLock { $0 += 1 }
            log.info("\(waiting) messages are still to be stored")
        }
        await assembly.files.close()
        assembly.log.info("stopped")
        return lost ?? 0
    }

    private func reopenFiles() {
        reopenLog()
        assembly.files.reopen()
        assembly.log.info("log files reopened")
    }

    /// Loads earlier messages into the rooms, if the store can be read.
    private func recallMessages() async {
        await assembly.bus.begin()
        do {
            try await assembly.bus.recall()
        } catch {
            assembly.log.warning("\(error); the rooms start empty")
        }
    }

    private func logStart() {
        let (configuration, log) = (assembly.configuration, assembly.log)
        log.info("\(configuration.name) \(Version.current) starts with \(configuration.file)")
        for bridge in configuration.leftOut {
            log.info("left out by its \"when\"", bridge: bridge.name)
        }
        // The level already marks them as warnings.
        for warning in ConfigurationReport(warningsOf: configuration).lines {
            log.warning(warning.replacing(": warning: ", with: ": ", maxReplacements: 1))
        }
        if let store = configuration.store {
            log.debug("messages are kept in \(store.path) for \(store.history.plain)")
        } else {
            log.warning(
                """
                no store: messages, accounts, checkpoints and cursors do not outlive this process
                """)
        }
    }
}
