import Glibc
import MessageBus
import Sockets
import Store

/// Runs what bridge.json asks for, from the first bridge to the last line.
///
/// Needs no thread of Swift's pool: its own tasks run on the loop of whoever runs it, those of each
/// bridge on threads of the bridge's own, and signals come on another loop. So a plug-in that blocks
/// holds up neither the others nor the end.
package struct Daemon: Sendable {
    /// How a run ended.
    package typealias End = Supervisor.End

    private let assembly: Assembly
    private let loop: EventLoop
    private let onOverdue: @Sendable (Supervisor.Outcome) -> Void
    private let reopenLog: @Sendable () -> Void
    private let stopsOnHangUp: Bool

    /// Seconds for what comes after the bridges: the store takes five at most, log files two.
    private static let endingTime = Duration.seconds(8)

    /// Makes a daemon.
    ///
    /// - Parameters:
    ///   - loop: where `run` is called; must not be the bus's.
    ///   - reopenLog: called when the daemon's own log is to be opened anew, if it is a file.
    ///   - onOverdue: called when the daemon should have ended but something does not let it.
    package init(
        _ assembly: Assembly, on loop: EventLoop, reopenLog: @escaping @Sendable () -> Void = {},
        onOverdue: @escaping @Sendable (Supervisor.Outcome) -> Void
    ) {
        self.assembly = assembly
        self.loop = loop
        self.reopenLog = reopenLog
        // Asked now: when the terminal is gone there is none any more.
        stopsOnHangUp = Signals.hasTerminal
        self.onOverdue = onOverdue
    }

    /// The signals that the daemon hears of; to be blocked before any thread is started.
    ///
    /// SIGHUP is none of them where it is ignored: whoever starts a daemon with `nohup` wants it to
    /// outlive the terminal. With a terminal it stops the daemon; without one it comes from who has
    /// rotated its logs, as SIGUSR1 does.
    package static let signals =
        [SIGTERM, SIGINT] + [SIGHUP, SIGUSR1].filter { !Signals.isIgnored($0) }

    /// Runs until it is told to stop.
    ///
    /// - Throws: a sentence when it could not start.
    package func run() async throws -> End {
        let bus = assembly.bus
        // Each bridge may start two besides its own; the log, signals, the bus, three of the store.
        try ResourceLimits.checkMemory(
            forThreads: 6 + 3 * assembly.bridges.count,
            and: assembly.configuration.store?.backlog.bytes ?? 0)
        let stops = StopRequests(whileStarting: { [log = assembly.log, onOverdue] in
            log.info("stopped while it started")
            onOverdue(.stopped)
        })
        // On a loop of their own: neither a file system that hangs, nor a middleware that never
        // returns, nor a bridge that blocks keeps the daemon from being stopped.
        let signalLoop = try EventLoop()
        let signals = try Signals(Self.signals, on: signalLoop) { signal in
            if signal == SIGUSR1 || (signal == SIGHUP && !stopsOnHangUp) {
                reopenFiles()
            } else {
                stops.request()
            }
        }
        try signalLoop.start(named: "signals")
        defer { withExtendedLifetime(signals) { signalLoop.stop() } }
        try assembly.files.open()
        try assembly.store?.open()
        assembly.loop.atTurnEnd { bus.assumeIsolated { $0.endTurn() } }
        MemoryTrimmer.giveBack(on: assembly.loop)
        try assembly.loop.start(named: "bus")
        defer { assembly.loop.stop() }
        let bridges = try assembly.bridges.map { bridge in
            let pool = ThreadPool(named: bridge.attachment.name)
            try pool.start()
            return bridge.on(pool)
        }
        for bridge in bridges { await bus.add(bridge.attachment) }
        sayWhatStarts()
        await remember()
        let end = await supervisor(stops).run(bridges, stop: stops.begin())
        await finish(end.outcome)
        return end
    }

    private func supervisor(_ stops: StopRequests) -> Supervisor {
        let clock = LoopSleep(loop)
        return Supervisor(
            bus: assembly.bus, log: assembly.log, sleep: { try await clock.sleep(for: $0) },
            executor: LoopExecutor(loop), requestShutdown: { stops.request() },
            onOverdue: onOverdue)
    }

    /// Writes what is left, but not for ever.
    private func finish(_ outcome: Supervisor.Outcome) async {
        let clock = LoopSleep(loop)
        let overdue = Task(executorPreference: LoopExecutor(loop)) { [onOverdue] in
            do { try await clock.sleep(for: Self.endingTime) } catch { return }
            onOverdue(outcome)
        }
        defer { overdue.cancel() }
        await assembly.bus.end()
        await assembly.store?.close(unused: await assembly.bus.unusedNumber, within: .seconds(5)) {
            try await clock.sleep(for: $0)
        }
        await assembly.files.close()
        assembly.log.info("stopped")
    }

    private func reopenFiles() {
        reopenLog()
        assembly.files.reopen()
        assembly.log.info("the files of the log are opened anew")
    }

    /// Puts what was said before into the rooms, as far as it can be read at present.
    private func remember() async {
        await assembly.bus.begin()
        do {
            try await assembly.bus.recall()
        } catch {
            assembly.log.warning("\(error); the rooms begin empty")
        }
    }

    private func sayWhatStarts() {
        let (configuration, log) = (assembly.configuration, assembly.log)
        log.info("\(configuration.name) \(Version.current) starts with \(configuration.file)")
        for bridge in configuration.leftOut {
            log.info("left out by its \"when\"", bridge: bridge.name)
        }
        // The level says already that they are warnings.
        for warning in ConfigurationReport(warningsOf: configuration).lines {
            log.warning(warning.replacing(": warning: ", with: ": ", maxReplacements: 1))
        }
        if let store = configuration.store {
            log.debug("messages are kept in \(store.path) for \(store.history.plain)")
        } else {
            log.warning(
                """
                no store: messages, names of accounts, what sources have reached and what durable \
                readers are done with do not outlive this process
                """)
        }
    }
}
