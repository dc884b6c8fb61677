import Glibc
import MessageBus
import Sockets

/// Runs what bridge.json asks for, from the first bridge to the last line.
package struct Daemon: Sendable {
    private let assembly: Assembly
    private let onOverdue: @Sendable (Supervisor.Outcome) -> Void
    private let reopenLog: @Sendable () -> Void
    private let stopsOnHangUp: Bool

    /// Makes a daemon.
    ///
    /// - Parameters:
    ///   - reopenLog: called when the daemon's own log is to be opened anew, if it is a file.
    ///   - onOverdue: called when the daemon should have ended but a bridge does not let it.
    package init(
        _ assembly: Assembly, reopenLog: @escaping @Sendable () -> Void = {},
        onOverdue: @escaping @Sendable (Supervisor.Outcome) -> Void
    ) {
        self.assembly = assembly
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
    package func run() async throws -> Supervisor.Outcome {
        let (loop, bus) = (assembly.loop, assembly.bus)
        try assembly.files.open()
        try assembly.store?.open()
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        // On a loop of their own, so that a middleware which never returns can be stopped.
        let signalLoop = try EventLoop()
        let signals = try Signals(Self.signals, on: signalLoop) { signal in
            if signal == SIGUSR1 || (signal == SIGHUP && !stopsOnHangUp) {
                reopenFiles()
            } else {
                stop.yield()
            }
        }
        signalLoop.start(named: "signals")
        defer { withExtendedLifetime(signals) { signalLoop.stop() } }
        loop.atTurnEnd { bus.assumeIsolated { $0.endTurn() } }
        loop.start(named: "bus")
        defer { loop.stop() }
        for bridge in assembly.bridges { await bus.add(bridge.intake) }
        sayWhatStarts()
        await remember()
        let supervisor = Supervisor(
            bus: bus, log: assembly.log, requestShutdown: { stop.yield() }, onOverdue: onOverdue)
        let outcome = await supervisor.run(assembly.bridges, stop: stops)
        await bus.end()
        await assembly.store?.close(unused: await bus.unusedNumber, within: .seconds(5))
        await assembly.files.close()
        assembly.log.info("stopped")
        return outcome
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

/// The version of the program.
package enum Version {
    /// By semantic versioning.
    package static let current = "0.1.0"
}
