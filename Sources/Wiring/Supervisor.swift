import MessageBus

/// The supervisor of bridges, which runs each on its own executor and restarts those that fail.
///
/// A bridge that fails or never returns affects no other.
///
/// The supervisor's own tasks also run on their own executor, and its timers need no thread of
/// Swift's pool.
package struct Supervisor: Sendable {
    /// The outcome of a run of the daemon.
    package enum Outcome: Sendable, Equatable {
        /// It was asked to stop, or every bridge has finished.
        case stopped
        /// A bridge failed before it was ever ready.
        case failedToStart(bridge: String, reason: String)
    }

    /// The end of a run of the bridges.
    package struct End: Sendable, Equatable {
        package let outcome: Outcome
        /// Bridges that still run although they were cancelled.
        package let abandoned: [String]
        /// Messages that were said and are lost, because the store could not be closed in time.
        package var lost = 0
        /// True if a bridge has not done what the daemon was started for, and has said so.
        package var isFailure = false
    }

    /// Deadlines of starting and stopping.
    package struct Deadlines: Sendable {
        /// For intakes to deliver what they have read.
        package var intake = Duration.seconds(5)
        /// For everything, readers included.
        package var drain = Duration.seconds(10)
        /// For bridges that were cancelled.
        package var cancellation = Duration.seconds(1)
        /// For a bridge to become ready; a late one is named in the log.
        package var readiness = Duration.seconds(10)
        package init() {}
    }

    private enum Event {
        case finished
        case abandoned(bridge: String)
        case failedToStart(bridge: String, reason: String)
        case stopRequested
        case changed(BridgeRoster.Change)
        case intakeOverdue
        case drainOverdue
        case nothing
    }

    private let bus: Bus
    private let log: Log
    private let throttledLog: ThrottledLog
    private let deadlines: Deadlines
    private let clock: any TimeSource
    private let sleep: @Sendable (Duration) async throws -> Void
    private let executor: (any TaskExecutor)?
    private let roster: BridgeRoster
    private let runs = BridgeRuns()
    private let failure = ReportedFailure()
    private let states: BridgeStates
    private let onStopping: @Sendable () -> Void
    private let requestShutdown: @Sendable () -> Void
    private let onOverdue: @Sendable (Outcome) -> Void

    /// Makes a supervisor.
    ///
    /// - Parameters:
    ///   - clock: tells how long a bridge has run.
    ///   - sleep: waits; tests have their own.
    ///   - executor: the executor that `run` is called on, for tasks outside of its group.
    ///   - roster: adds bridges while `run` is running.
    ///   - states: the table in which the states of the bridges are recorded.
    ///   - onStopping: called when the bus begins to stop.
    ///   - requestShutdown: called by a bridge to stop the daemon.
    ///   - onOverdue: called if `run` does not return although it no longer waits for bridges:
    ///     the bus itself hangs.
    package init(
        bus: Bus, log: Log, deadlines: Deadlines = Deadlines(),
        clock: any TimeSource = SystemClock(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        },
        executor: (any TaskExecutor)? = nil, roster: BridgeRoster = BridgeRoster(),
        states: BridgeStates = BridgeStates(),
        onStopping: @escaping @Sendable () -> Void = {},
        requestShutdown: @escaping @Sendable () -> Void = {},
        onOverdue: @escaping @Sendable (Outcome) -> Void = { _ in }
    ) {
        self.bus = bus
        self.log = log
        throttledLog = ThrottledLog(log)
        self.deadlines = deadlines
        self.clock = clock
        self.sleep = sleep
        self.executor = executor
        self.roster = roster
        self.states = states
        self.onStopping = onStopping
        self.requestShutdown = requestShutdown
        self.onOverdue = onOverdue
    }

    /// Runs the bridges until a stop is requested or all have finished, and lets them drain.
    ///
    /// - Parameter stop: yields each request to stop the daemon; after the second nothing is
    ///   waited for.
    package func run(_ bridges: [SupervisedBridge], stop: AsyncStream<Void>) async -> End {
        await storeInitialCheckpoints(of: bridges)
        return await withTaskGroup(of: Event.self) { group in
            for bridge in bridges { group.addTask { await supervise(bridge) } }
            group.addTask { await nextStop(stop) }
            group.addTask { await nextChange() }
            var running = bridges.count
            var outcome = Outcome.stopped
            var abandoned: [String] = []
            var isStopping = false
            var overdue: Task<Void, Never>?
            while running > 0 || !roster.end(), let event = await group.next() {
                switch event {
                case .finished:
                    running -= 1
                case .abandoned(let bridge):
                    running -= 1
                    abandoned.append(bridge)
                case .failedToStart(let bridge, let reason):
                    running -= 1
                    if outcome == .stopped {
                        outcome = .failedToStart(bridge: bridge, reason: reason)
                    }
                    beginStopping(&isStopping, in: &group)
                case .stopRequested where isStopping:
                    log.warning("asked to stop again; no longer waiting")
                    overdue = overdue ?? abandonRuns(&group, outcome)
                case .changed(let change):
                    group.addTask { await nextChange() }
                    guard case .run(let bridge) = change else { break }
                    running += 1
                    group.addTask { await supervise(bridge) }
                case .stopRequested:
                    beginStopping(&isStopping, in: &group)
                    group.addTask { await nextStop(stop) }
                case .intakeOverdue:
                    bus.post { $0.end() }
                case .drainOverdue:
                    log.warning("not everything could be delivered within \(deadlines.drain)")
                    overdue = overdue ?? abandonRuns(&group, outcome)
                case .nothing: break
                }
            }
            overdue?.cancel()
            group.cancelAll()
            return End(
                outcome: outcome, abandoned: abandoned.sorted(), isFailure: failure.isReported)
        }
    }

    /// Stores where durable bridges begin to read, before anything can be said.
    ///
    /// Each on its own threads, and not waited for when that takes long: a store that can't be
    /// written or a bridge that blocks stops nobody, and the bridge's run tries again.
    private func storeInitialCheckpoints(of bridges: [SupervisedBridge]) async {
        let checkpoints = InitialCheckpoints(bus, log)
        let tasks = checkpoints.store(bridges)
        if tasks.isEmpty { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await checkpoints.wait() }
            group.addTask { try? await sleep(Self.checkpointsTimeout) }
            await group.next()
            group.cancelAll()
        }
        for task in tasks { task.cancel() }
    }

    /// The time for which a store may hold up the start.
    private static let checkpointsTimeout = Duration.seconds(2)

    private func nextChange() async -> Event {
        for await change in roster.changes { return .changed(change) }
        return .nothing
    }

    private func nextStop(_ stop: AsyncStream<Void>) async -> Event {
        for await _ in stop { return .stopRequested }
        return .nothing
    }

    // Nothing here waits for the bus: a middleware that never returns keeps its loop, and must not
    // keep the daemon alive.
    private func beginStopping(_ isStopping: inout Bool, in group: inout TaskGroup<Event>) {
        guard !isStopping else { return }
        isStopping = true
        onStopping()
        bus.post { $0.stop() }
        group.addTask { await wait(deadlines.intake, then: .intakeOverdue) }
        group.addTask { await wait(deadlines.drain, then: .drainOverdue) }
    }

    private func abandonRuns(
        _ group: inout TaskGroup<Event>, _ outcome: Outcome
    ) -> Task<Void, Never> {
        bus.post { $0.end() }
        group.cancelAll()
        // A separate task: those in the group are cancelled, so they can't sleep.
        let (runs, sleep, onOverdue, pause) = (runs, sleep, onOverdue, deadlines.cancellation)
        return Task(executorPreference: executor) {
            do {
                try await sleep(pause)
                runs.abandon()
                try await sleep(pause)
                onOverdue(outcome)
            } catch {
                // All bridges have ended in time.
            }
        }
    }

    private func wait(_ duration: Duration, then event: Event) async -> Event {
        do {
            try await sleep(duration)
            return event
        } catch {
            return .nothing
        }
    }

    // MARK: - One bridge

    /// Ends one bridge while the others go on; returns when it is not run any more.
    ///
    /// - Parameter limit: the time for it to drain; it is cancelled then, and abandoned a second
    ///   later.
    package func retire(
        _ bridge: SupervisedBridge, as ending: BridgeEnding, within limit: Duration
    ) async {
        let attachment = bridge.attachment
        await bus.perform { $0.stop(attachment, as: ending) }
        if await hasEnded(bridge, within: min(deadlines.intake, limit)) { return }
        bus.post { $0.end(attachment) }
        if await hasEnded(bridge, within: max(.zero, limit - deadlines.intake)) { return }
        log.warning(
            "not everything could be delivered within \(limit)", bridge: attachment.name)
        runs.cancel(attachment)
        if await hasEnded(bridge, within: deadlines.cancellation) { return }
        runs.abandon(attachment)
        await bridge.report.waitUntilEnded()
    }

    /// Forgets the state of a bridge that is not run any more.
    func forget(_ name: String) { states.remove(name) }

    private func hasEnded(_ bridge: SupervisedBridge, within limit: Duration) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sleep(limit) }
            group.addTask { await bridge.report.waitUntilEnded() }
            await group.next()
            group.cancelAll()
        }
        return bridge.report.hasEnded
    }

    private func supervise(_ bridge: SupervisedBridge) async -> Event {
        defer { bridge.report.record(.ended) }
        let name = bridge.attachment.name
        let log = log.named(name)
        var backoff = Backoff()
        var wasEverReady = bridge.firstFailure == .isRetried
        while true {
            record(.starting, of: bridge)
            await bus.begin(bridge.attachment) {
                bridge.report.record(.ready)
                record(.ready, of: bridge)
            }
            let start = clock.monotonic()
            let end = await run(bridge)
            let wasReady = bridge.attachment.isReady
            wasEverReady = wasEverReady || wasReady
            if end == .abandoned {
                bus.post { $0.finish(bridge.attachment) }
                log.warning(
                    """
                    did not end when told to: something in it blocks; the daemon ends \
                    without it
                    """)
                return .abandoned(bridge: name)
            }
            await bus.finish(bridge.attachment)
            guard case .failed(let failure) = end else {
                record(.finished, of: bridge)
                await bus.record(.finished, of: bridge.attachment)
                log.info("finished")
                return .finished
            }
            await bus.record(.failed, of: bridge.attachment, because: failure)
            if bridge.attachment.isToEnd || Task.isCancelled {
                log.error("\(failure)")
                return .finished
            }
            if !wasEverReady, !bridge.isOptional {
                guard bridge.firstFailure == .stops else {
                    bridge.report.record(.failed(failure))
                    return .finished
                }
                return .failedToStart(bridge: name, reason: failure)
            }
            // A bridge that fails as soon as it is ready did not work: the pause must grow.
            if wasReady, clock.monotonic() - start > backoff.longest { backoff.reset() }
            record(.failed, of: bridge)
            let pause = backoff.next()
            log.error("\(failure); trying again in \(pause.rounded)")
            await waitForRetry(pause, of: bridge.attachment)
            if bridge.attachment.isToEnd || Task.isCancelled { return .finished }
        }
    }

    private func record(_ state: BridgeStates.State, of bridge: SupervisedBridge) {
        states.record(state, of: bridge.attachment.name, isOptional: bridge.isOptional)
    }

    /// Runs a bridge once, and logs it if it takes long to become ready.
    private func run(_ bridge: SupervisedBridge) async -> BridgeRuns.End {
        let port = Port(
            bus: bus, attachment: bridge.attachment,
            reportFailure: { [failure] in failure.report() },
            requestShutdown: requestShutdown)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchReadiness(of: bridge.attachment) }
            defer { group.cancelAll() }
            return await runs.run(bridge, port)
        }
    }

    private func watchReadiness(of attachment: BridgeAttachment) async {
        do { try await sleep(deadlines.readiness) } catch { return }
        guard !attachment.isReady else { return }
        throttledLog.warning(
            cause: "readiness", "not ready after \(deadlines.readiness); nobody else waits for it",
            bridge: attachment.name)
    }

    /// Waits for a while, or until the bridge is to end.
    private func waitForRetry(_ pause: Duration, of attachment: BridgeAttachment) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sleep(pause) }
            group.addTask { await attachment.waitUntilToEnd() }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Duration {
    /// The duration for people: `1.4 s`.
    fileprivate var rounded: String {
        let tenths = (self / .milliseconds(100)).rounded()
        return "\(tenths / 10) s"
    }
}
