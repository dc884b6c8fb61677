import MessageBus

/// A bridge that is made, with what the bus knows of it.
package struct SupervisedBridge: Sendable {
    let bridge: any Bridge
    let intake: Intake
    let isOptional: Bool

    /// Makes one.
    package init(_ bridge: any Bridge, intake: Intake, isOptional: Bool) {
        self.bridge = bridge
        self.intake = intake
        self.isOptional = isOptional
    }
}

/// Runs bridges in one task group, and each again when it failed: what one does costs only itself.
package struct Supervisor: Sendable {
    /// How a run of the daemon ended.
    package enum Outcome: Sendable, Equatable {
        /// It was asked to stop, or every bridge has finished.
        case stopped
        /// A bridge failed before it was ever ready: which, and why.
        case failedToStart(bridge: String, reason: String)
    }

    /// How long the daemon takes to stop.
    package struct Deadlines: Sendable {
        /// For sources to bring in what they have read.
        package var intake = Duration.seconds(5)
        /// For everything, readers included.
        package var drain = Duration.seconds(10)
        package init() {}
    }

    private enum Event {
        case finished
        case failedToStart(bridge: String, reason: String)
        case stopRequested
        case intakeOverdue
        case drainOverdue
        case nothing
    }

    private let bus: Bus
    private let log: Log
    private let deadlines: Deadlines
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let requestShutdown: @Sendable () -> Void
    private let onOverdue: @Sendable (Outcome) -> Void

    /// Makes a supervisor.
    ///
    /// - Parameters:
    ///   - now: the time since an arbitrary moment; tests have their own.
    ///   - sleep: waits; tests have their own.
    ///   - requestShutdown: what a bridge calls to stop the daemon.
    ///   - onOverdue: called when bridges are still running a second after they were cancelled.
    package init(
        bus: Bus, log: Log, deadlines: Deadlines = Deadlines(),
        now: @escaping @Sendable () -> Duration = { [start = ContinuousClock.now] in
            start.duration(to: .now)
        },
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        },
        requestShutdown: @escaping @Sendable () -> Void = {},
        onOverdue: @escaping @Sendable (Outcome) -> Void = { _ in }
    ) {
        self.bus = bus
        self.log = log
        self.deadlines = deadlines
        self.now = now
        self.sleep = sleep
        self.requestShutdown = requestShutdown
        self.onOverdue = onOverdue
    }

    /// Runs the bridges until `stop` returns or all have finished, and lets them drain.
    ///
    /// - Parameter stop: returns each time somebody asks the daemon to stop; the second time
    ///   nothing is waited for any more.
    package func run(
        _ bridges: [SupervisedBridge], stop: AsyncStream<Void>
    ) async -> Outcome {
        await withTaskGroup(of: Event.self) { group in
            for bridge in bridges { group.addTask { await supervise(bridge) } }
            group.addTask { await nextStop(stop) }
            var running = bridges.count
            var outcome = Outcome.stopped
            var isStopping = false
            var overdue: Task<Void, Never>?
            while running > 0, let event = await group.next() {
                switch event {
                case .finished:
                    running -= 1
                case .failedToStart(let bridge, let reason):
                    running -= 1
                    if outcome == .stopped {
                        outcome = .failedToStart(bridge: bridge, reason: reason)
                    }
                    beginToStop(&isStopping, in: &group)
                case .stopRequested where isStopping:
                    log.warning("asked to stop again; what is left is not waited for")
                    overdue = overdue ?? giveUp(&group, outcome)
                case .stopRequested:
                    beginToStop(&isStopping, in: &group)
                    group.addTask { await nextStop(stop) }
                case .intakeOverdue:
                    group.addTask { await endBus() }
                case .drainOverdue:
                    log.warning("not everything could be delivered within \(deadlines.drain)")
                    overdue = overdue ?? giveUp(&group, outcome)
                case .nothing: break
                }
            }
            overdue?.cancel()
            group.cancelAll()
            return outcome
        }
    }

    private func nextStop(_ stop: AsyncStream<Void>) async -> Event {
        for await _ in stop { return .stopRequested }
        return .nothing
    }

    // Nothing here waits for the bus: a middleware that never returns keeps its loop, and must not
    // keep the daemon alive.
    private func beginToStop(_ isStopping: inout Bool, in group: inout TaskGroup<Event>) {
        guard !isStopping else { return }
        isStopping = true
        group.addTask { await stopBus() }
        group.addTask { await wait(deadlines.intake, then: .intakeOverdue) }
        group.addTask { await wait(deadlines.drain, then: .drainOverdue) }
    }

    private func giveUp(_ group: inout TaskGroup<Event>, _ outcome: Outcome) -> Task<Void, Never> {
        group.addTask { await endBus() }
        group.cancelAll()
        return watchOverdue(outcome)
    }

    private func stopBus() async -> Event {
        await bus.stop()
        return .nothing
    }

    private func endBus() async -> Event {
        await bus.end()
        return .nothing
    }

    // A bridge that does not heed its cancellation must not keep the daemon alive. This task is on
    // its own because the group waits for such a bridge for ever.
    private func watchOverdue(_ outcome: Outcome) -> Task<Void, Never> {
        Task { [sleep, onOverdue] in
            do {
                try await sleep(.seconds(1))
                onOverdue(outcome)
            } catch {
                // All have ended in time.
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

    private func supervise(_ bridge: SupervisedBridge) async -> Event {
        let name = bridge.intake.name
        let log = log.named(name)
        var backoff = Backoff()
        var wasEverReady = false
        while true {
            await bus.begin(bridge.intake)
            let start = now()
            let port = Port(bus: bus, intake: bridge.intake, requestShutdown: requestShutdown)
            let failure = await run(bridge.bridge, port)
            let wasReady = await bus.isReady(bridge.intake)
            wasEverReady = wasEverReady || wasReady
            await bus.finish(bridge.intake)
            guard let failure else {
                log.info("finished")
                return .finished
            }
            if await bus.isStopping || Task.isCancelled {
                log.error("\(failure)")
                return .finished
            }
            if !wasEverReady, !bridge.isOptional {
                return .failedToStart(bridge: name, reason: failure)
            }
            // What fails as soon as it is ready has not worked: it is left alone for longer each time.
            if wasReady, now() - start > backoff.longest { backoff.reset() }
            let pause = backoff.next()
            log.error("\(failure); trying again in \(pause.rounded)")
            await rest(pause)
            if await bus.isStopping || Task.isCancelled { return .finished }
        }
    }

    /// Returns why it failed, or nil.
    private func run(_ bridge: any Bridge, _ port: Port) async -> String? {
        do {
            try await bridge.run(port)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Waits for a while, or until the bus stops.
    private func rest(_ pause: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sleep(pause) }
            group.addTask { await bus.waitForStop() }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Duration {
    /// For people: `1.4 s`.
    fileprivate var rounded: String {
        let tenths = (self / .milliseconds(100)).rounded()
        return "\(tenths / 10) s"
    }
}
