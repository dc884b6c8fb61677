import MessageBus
import Sockets
import StatusServer

/// The actor that exchanges the configuration of a running daemon when it is asked to.
///
/// Lives on the loop of the daemon's own tasks, which is not the bus's.
package actor Reloader {
    private nonisolated let loop: EventLoop
    private let assembly: Assembly
    private let source: ConfigurationSource
    private let supervisor: Supervisor
    private let roster: BridgeRoster
    private let observer: ReloadObserver
    private var configuration: Configuration
    private var running: [String: RunningBridge]
    private var queue = ReloadQueue()

    /// The executor of the loop.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    /// Makes a reloader that lets everybody wait until `begin()`.
    init(
        _ source: ConfigurationSource, _ assembly: Assembly, on loop: EventLoop,
        supervisor: Supervisor, roster: BridgeRoster, running: [RunningBridge],
        observer: ReloadObserver
    ) {
        self.source = source
        self.assembly = assembly
        self.loop = loop
        self.supervisor = supervisor
        self.roster = roster
        self.observer = observer
        configuration = assembly.configuration
        self.running = Dictionary(running.map { ($0.entry.name, $0) }) { first, _ in first }
    }

    private var log: Log { assembly.log }

    /// The time after which the start counts as done, although a bridge is not ready.
    private static let startTime = Duration.seconds(15)

    /// Begins to reload, once the bridges of the start are ready.
    func begin() async {
        let clock = LoopSleep(loop)
        let waited = running.values.filter { !$0.entry.isOptional }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                try? await clock.sleep(for: Self.startTime)
                return false
            }
            for bridge in waited {
                group.addTask {
                    await bridge.supervised.report.wait { $0 != .running }
                    return true
                }
            }
            var left = waited.count
            while left > 0, await group.next() == true { left -= 1 }
            group.cancelAll()
        }
        await endTurn()
    }

    /// Reloads because of a signal, now or when the present reload is done; several signals cause
    /// one reload.
    func reloadBySignal() async {
        if queue.admitSignal() { await reloadAndTell() }
    }

    /// Reloads for a command, or tells what that would do.
    ///
    /// - Parameters:
    ///   - file: the absolute path of the configuration that the command means.
    ///   - isPlan: true to change nothing.
    func reload(_ file: String, isPlan: Bool) async -> ReloadResult {
        guard source.isSame(as: file) else {
            return .refused(
                ReloadRefusal(
                    """
                    the daemon runs \(source.absoluteFile) and not \(file): ask with --config \
                    \(source.absoluteFile), or restart it
                    """))
        }
        switch queue.admitCommand() {
        case .begin: break
        case .full: return .refused(ReloadRefusal("a reload is under way, and another one waits"))
        case .wait: await withCheckedContinuation { queue.wait($0) }
        }
        let outcome = await isPlan ? plan() : performReload()
        await endTurn()
        return outcome
    }

    private func endTurn() async {
        if queue.endTurn() { await reloadAndTell() }
    }

    private func reloadAndTell() async {
        _ = await performReload()
        await endTurn()
    }

    // MARK: - One reload

    /// Returns what a reload would do.
    private func plan() async -> ReloadResult {
        if await assembly.bus.isStopping { return .refused(.stopping) }
        let preparation = ReloadPreparation(source, assembly, configuration, running)
        do {
            let prepared = try await preparation.prepare()
            await prepared.stage.discard()
            let plan = prepared.plan
            if plan.isEmpty { observer.isCurrent() }
            return ReloadResult(
                status: plan.isEmpty ? .success : .differs,
                lines: plan.lines, problems: prepared.warnings,
                summary: plan.isEmpty ? "nothing differs" : "nothing was changed",
                isTaken: plan.isEmpty)
        } catch {
            return preparation.outcome(of: error)
        }
    }

    private func performReload() async -> ReloadResult {
        if await assembly.bus.isStopping { return .refused(.stopping) }
        guard roster.hold() else { return .refused(.stopping) }
        defer { roster.release() }
        observer.begin()
        log.info("reloading \(source.file)")
        let outcome = await exchange()
        for line in outcome.problems { log.write(outcome.isTaken ? .warning : .error, line) }
        for line in outcome.lines { log.info("reload: \(line)") }
        if outcome.isTaken {
            log.info("reload: \(outcome.summary)")
        } else {
            log.error("not reloaded: \(outcome.summary)")
        }
        observer.end(outcome)
        return outcome
    }

    private func exchange() async -> ReloadResult {
        let preparation = ReloadPreparation(source, assembly, configuration, running)
        let prepared: ReloadPreparation.Prepared
        do {
            prepared = try await preparation.prepare()
        } catch {
            return preparation.outcome(of: error)
        }
        let clock = LoopSleep(loop)
        let plan = prepared.plan
        do throws(ReloadRefusal) {
            let reservations = try await preparation.reserve(prepared)
            defer { for reservation in reservations { reservation.end() } }
            let status = try await openStatus(plan, prepared.made.configuration)
            var transaction = ReloadTransaction(
                plan, prepared.made, prepared.refreshes, in: assembly, supervisor: supervisor,
                roster: roster, running: running, sleep: { try await clock.sleep(for: $0) })
            // Also after a refusal: what was exchanged back runs anew.
            defer { running = transaction.runningBridges }
            do throws(ReloadRefusal) {
                _ = try await transaction.run()
            } catch {
                status?.close()
                throw error
            }
            if plan.movesStatus { assembly.status.use(status) }
        } catch {
            await prepared.stage.discard()
            return .refused(error, lines: plan.lines)
        }
        await prepared.stage.commit()
        configuration = prepared.made.configuration
        assembly.logThreshold.set(configuration.log.level)
        observer.use(configuration)
        return ReloadResult(
            status: .success, lines: plan.lines, problems: prepared.warnings,
            summary: plan.isEmpty ? "nothing differs" : "the configuration is exchanged",
            isTaken: true)
    }

    /// Opens the status server that the plan wants, beside the present one.
    private func openStatus(
        _ plan: ReloadPlan, _ configuration: Configuration
    ) async throws(ReloadRefusal) -> StatusServer? {
        guard plan.movesStatus else { return nil }
        do {
            return try await assembly.status.open(for: configuration)
        } catch {
            throw ReloadRefusal("\(error)")
        }
    }
}
